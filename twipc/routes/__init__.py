"""Who takes which request, answered exactly: route tables as automata, compared with a shortest witness. See SEMANTICS.md."""
