"""An XCom back end as users have them: values lie elsewhere, and Airflow's own table has a reference to them."""
import json
import uuid
from pathlib import Path
from tempfile import gettempdir

try:
    from airflow.sdk.execution_time.xcom import BaseXCom
except ImportError:
    from airflow.models.xcom import BaseXCom

REFERENCE = "elsewhere://"


class XComElsewhere(BaseXCom):
    @staticmethod
    def serialize_value(value, **_):
        name = "airlock-xcom-%s.json" % uuid.uuid4().hex
        (Path(gettempdir()) / name).write_text(json.dumps(value))
        return BaseXCom.serialize_value(REFERENCE + name)

    @staticmethod
    def deserialize_value(result):
        stored = BaseXCom.deserialize_value(result)
        if not (isinstance(stored, str) and stored.startswith(REFERENCE)):
            return stored
        return json.loads((Path(gettempdir()) / stored[len(REFERENCE):]).read_text())
