from scenario import DAG

__version__ = "2.6.3"
