"""
Check DAG of Airlock: answers whether this Airflow reads its Azure Key Vault, and if not, why.

To deploy it, put this file, unchanged, where the Airflow environment takes its DAGs from:
  * Azure Data Factory with blob storage: into the `dags/` folder of the storage path, then import it into the
    Airflow integration runtime (Airlock does so itself where its profile has `access.importDags`);
  * git sync: into the `dags/` folder of the repository, and push.
It has no schedule, needs no package besides Airflow itself, and runs on Airflow 2.4 to 3.x.

Airlock starts a run with conf `{"variable": NAME, "nonce": HEX}`. The task `answer` asks the configured secrets back
end directly, in the worker, since Airflow itself swallows the errors of a back end and goes on to the environment
and its metastore; then it reads the variable as any DAG does. Its return value is a JSON text: the HMAC-SHA-256 of
the nonce under the value, and codes that say what went wrong. No value and no text of an error is in it. It goes into
Airflow's own XCom table, whatever XCom back end is configured.
"""
import hashlib
import hmac
import inspect
import json
import logging
import os
import re
from datetime import datetime, timedelta

from airflow import __version__ as airflow_version

try:  # Airflow 3
    from airflow.sdk import DAG, Variable
except ImportError:  # Airflow 2
    from airflow import DAG
    from airflow.models import Variable
try:  # Airflow 3, and Airflow 2 with the standard provider
    from airflow.providers.standard.operators.python import PythonOperator
except ImportError:
    from airflow.operators.python import PythonOperator

MARKER = "AIRLOCK_CREDENTIAL_ID"
VARIABLE_NAME = re.compile(r"[A-Za-z0-9_-]{1,127}")
NONCE = re.compile(r"[0-9a-fA-F]{16,256}")
AADSTS = re.compile(r"\bAADSTS\d{4,9}\b")
# What a vault's inner error code may be in an answer; anything else stays in the worker.
REASONS = (
    "ForbiddenByRbac",
    "ForbiddenByPolicy",
    "ForbiddenByFirewall",
    "ForbiddenByConnection",
    "AccessDenied",
    "SecretDisabled",
    "SecretNotFound",
    "VaultNotFound",
)
REASON = re.compile(r"\b(?:%s)\b" % "|".join(REASONS))
LONGEST_TEXT = 256


def answer(**context):
    """Gives the answer as a JSON text, which every version of the REST API gives back as it is."""
    variable, nonce = read_conf(context["dag_run"].conf)
    result = {
        "version": 1,
        "answer": None,
        "marker": short(os.environ.get(MARKER)),
        "backend": None,
        "vaultUrl": None,
        "direct": {"outcome": "notConfigured", "errorType": None, "status": None, "aadsts": None, "reason": None},
        "variable": {"outcome": "missing", "errorType": None},
        "airflow": short(airflow_version),
    }
    value = ask_back_end(variable, result)
    if value is not None:
        digest = hmac.new(value.encode("utf-8"), nonce.encode("utf-8"), hashlib.sha256)
        result["answer"] = digest.hexdigest()
    ask_airflow(variable, value, result["variable"])
    return hand_over(json.dumps(result), context["ti"])


def hand_over(text, ti):
    """
    Stores the text as the task's return value with Airflow's own XCom class: the one that `[core] xcom_backend` names may
    keep values elsewhere and a reference in their place. Returns what is left for Airflow to store: nothing.
    """
    try:
        own_xcom().set(key="return_value", value=text, dag_id=ti.dag_id, task_id=ti.task_id, run_id=ti.run_id)
    except Exception as error:  # Stored in the way of any task, it is right wherever no XCom back end is configured.
        logging.getLogger(__name__).warning("The configured XCom back end is used: %s", type(error).__name__)
        return text
    return None


def own_xcom():
    """The class from which every XCom back end is derived: the default of `[core] xcom_backend`."""
    try:  # Airflow 3
        from airflow.sdk.execution_time.xcom import BaseXCom
    except ImportError:  # Airflow 2
        from airflow.models.xcom import BaseXCom
    return BaseXCom


def read_conf(conf):
    """The variable's name and the nonce. The conf is whatever somebody started the run with."""
    conf = conf if isinstance(conf, dict) else {}
    variable, nonce = conf.get("variable"), conf.get("nonce")
    if not (isinstance(variable, str) and VARIABLE_NAME.fullmatch(variable)):
        raise ValueError("conf.variable must be the name of a variable: 1 to 127 letters, digits, '-' and '_'")
    if not (isinstance(nonce, str) and NONCE.fullmatch(nonce)):
        raise ValueError("conf.nonce must be 16 to 256 hexadecimal digits")
    return variable, nonce


def ask_back_end(variable, result):
    """Asks the back end that is configured for workers, past Airflow's own look-up, and notes how that ended."""
    direct = result["direct"]
    try:
        back_end = load_back_end()
        if back_end is None:
            return None
        result["backend"] = short("%s.%s" % (type(back_end).__module__, type(back_end).__qualname__))
        result["vaultUrl"] = short(getattr(back_end, "vault_url", None))
        value = back_end.get_variable(key=variable)
    except Exception as error:  # Time-outs and kills are no Exception: they end the task.
        direct["outcome"] = "error"
        direct.update(classify(error))
        return None
    if not isinstance(value, str):
        direct["outcome"] = "missing"
        return None
    direct["outcome"] = "found"
    return value


def load_back_end():
    """The back end as a worker has it: Airflow 3 can configure one for workers alone."""
    try:
        from airflow.configuration import get_custom_secret_backend
    except ImportError:
        from airflow.sdk.configuration import get_custom_secret_backend
    if "worker_mode" in inspect.signature(get_custom_secret_backend).parameters:
        return get_custom_secret_backend(worker_mode=True)
    return get_custom_secret_backend()


def ask_airflow(variable, expected, outcome):
    """Reads the variable as a DAG does, and notes whether that gives what the back end itself gave."""
    try:
        value = Variable.get(variable)
    except Exception as error:
        missing = isinstance(error, KeyError) or "VARIABLE_NOT_FOUND" in str(error)
        outcome["outcome"] = "missing" if missing else "error"
        outcome["errorType"] = short(type(error).__name__)
        return
    outcome["outcome"] = "same" if value == expected else "other"


def classify(error):
    """An error as codes: its class, and the HTTP status, Entra's code and the vault's inner code it carries."""
    text = str(error)
    status = getattr(error, "status_code", None)
    aadsts = AADSTS.search(text)
    reason = inner_code(error) or REASON.search(text)
    return {
        "errorType": short(type(error).__name__),
        "status": status if isinstance(status, int) and not isinstance(status, bool) else None,
        "aadsts": aadsts.group(0) if aadsts else None,
        "reason": reason.group(0) if reason else None,
    }


def inner_code(error):
    """The match of the inner error code that Azure's SDK parsed from the vault's answer."""
    inner = getattr(getattr(error, "error", None), "innererror", None)
    code = inner.get("code") if isinstance(inner, dict) else None
    return REASON.fullmatch(code) if isinstance(code, str) else None


def short(text):
    """Text of a bounded length; None for anything else."""
    return text[:LONGEST_TEXT] if isinstance(text, str) else None


with DAG(
    "airlock_check",
    description="Answers Airlock whether this Airflow reads its Azure Key Vault",
    schedule=None,
    start_date=datetime(2021, 1, 1),
    catchup=False,
    is_paused_upon_creation=False,
    max_active_runs=4,
    default_args={"owner": "airlock", "retries": 0, "execution_timeout": timedelta(minutes=5)},
    tags=["airlock"],
    doc_md=__doc__,
) as dag:
    PythonOperator(task_id="answer", python_callable=answer)
