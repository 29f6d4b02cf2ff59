"""The rules, as pure functions over facts: no framework, no clock, no input or output.

``now`` is always an argument and always an aware UTC datetime. Functions return values and codes,
never rows and never sentences.
"""
