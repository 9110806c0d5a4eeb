"""The environment deployed as a stack of CloudFormation: what an update of it does, from two templates."""
