"""Images that are made here: where they are pushed to, and how a registry knows them."""
