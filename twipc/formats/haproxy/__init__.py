"""haproxy configuration files: written from a model, read back by a tokenizer of their own."""
