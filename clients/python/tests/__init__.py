import logging

# what the client says is looked at where a test is about it
logging.getLogger("vigia").addHandler(logging.NullHandler())
