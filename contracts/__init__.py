"""Messages, codes and errors that services exchange; imports no service and holds no behaviour of one."""
