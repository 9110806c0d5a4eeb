"""The template of CloudFormation: its words, its names, and how it is assembled."""
