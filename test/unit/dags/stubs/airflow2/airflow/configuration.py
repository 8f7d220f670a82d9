from scenario import load


def get_custom_secret_backend():
    return load()
