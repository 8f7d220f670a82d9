"""What the stub of Airflow does, as the test says: the scenario is JSON in the environment."""
import json
import os

SCENARIO = json.loads(os.environ["SCENARIO"])
VAULT_MESSAGE = "(Forbidden) the text of an error, which no answer may contain\r\nInner error: {\"code\": \"%s\"}"


class DAG:
    current = None

    def __init__(self, dag_id, **settings):
        self.dag_id, self.settings, self.tasks = dag_id, settings, {}

    def __enter__(self):
        DAG.current = self
        return self

    def __exit__(self, *_):
        DAG.current = None


class PythonOperator:
    def __init__(self, task_id, python_callable):
        DAG.current.tasks[task_id] = python_callable


class ClientAuthenticationError(Exception):
    status_code = None


class HttpResponseError(Exception):
    def __init__(self, message, status_code, inner=None):
        super().__init__(message)
        self.status_code = status_code
        self.error = type("ODataV4Format", (), {"innererror": {"code": inner} if inner else None})()


class AirflowRuntimeError(Exception):
    pass


class TaskTimeout(BaseException):
    pass


def error_of(wanted):
    """The exception that a scenario names."""
    kind = wanted["error"]
    if kind == "refused":
        return ClientAuthenticationError("Authentication failed: AADSTS7000215: Invalid client secret provided.")
    if kind == "inner":
        return HttpResponseError("a text without the code", 403, wanted["code"])
    if kind == "text":
        return HttpResponseError(VAULT_MESSAGE % wanted["code"], 403)
    if kind == "oddStatus":
        return HttpResponseError("x", "403")
    if kind == "timeout":
        return TaskTimeout("Timeout")
    if kind == "notFound3":
        return AirflowRuntimeError("VARIABLE_NOT_FOUND: {'message': 'Variable x not found'}")
    return {"ValueError": ValueError, "KeyError": KeyError, "PermissionError": PermissionError}[kind]("value of it")


def give(wanted):
    if isinstance(wanted, dict):
        raise error_of(wanted)
    return wanted


class Variable:
    @staticmethod
    def get(key):
        assert key == "airlock_canary"
        return give(SCENARIO.get("variable"))


STORED = []


class BaseXCom:
    @classmethod
    def set(cls, key, value, *, dag_id, task_id, run_id, map_index=-1):
        if "xcom" in SCENARIO:
            give(SCENARIO["xcom"])
        STORED.append({"key": key, "value": value, "dag_id": dag_id, "task_id": task_id, "run_id": run_id})


class AzureKeyVaultBackend:
    vault_url = SCENARIO.get("vaultUrl", "https://kv.vault.azure.net/")

    def get_variable(self, key):
        assert key == "airlock_canary"
        return give(SCENARIO.get("direct"))


AzureKeyVaultBackend.__module__ = "airflow.providers.microsoft.azure.secrets.key_vault"


def load():
    if "load" in SCENARIO:
        return give(SCENARIO["load"])
    return AzureKeyVaultBackend()
