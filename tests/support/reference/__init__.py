"""The pages of docs/reference, made from what the code says of itself.

`PAGES` holds the text of each. tests/docs/reference compares them with the files, and
`pytest --update-golden tests/docs/reference` writes the files.
"""
