"""The fork server: started once, clean and warm; every call of a tool is a confined fork of it."""
