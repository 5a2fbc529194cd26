"""The pages, one module each; what they show comes from the modules beside this folder."""
