"""nginx configuration files: written from a model, read back by crossplane."""
