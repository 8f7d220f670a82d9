from scenario import load


def get_custom_secret_backend(worker_mode: bool = False):
    assert worker_mode, "the worker's own settings were not asked for"
    return load()
