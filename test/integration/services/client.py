"""What the Key Vault back end of Airflow does: a service principal of the environment reads a secret."""

import json
import sys

from azure.core.exceptions import AzureError
from azure.identity import ClientSecretCredential, DefaultAzureCredential
from azure.keyvault.secrets import SecretClient, __version__

given = json.loads(sys.argv[1])
if given["explicit"]:
    credential = ClientSecretCredential(given["tenant"], given["clientId"], given["clientSecret"], retry_total=0)
else:
    credential = DefaultAzureCredential(retry_total=0)

client = SecretClient(vault_url=given["vault"], credential=credential, retry_total=0)
answers = []
for name in given["names"]:
    try:
        answers.append({"value": client.get_secret(name).value})
    except AzureError as error:
        answers.append({"error": type(error).__name__, "message": str(error)})
listed = []
try:
    listed = [secret.name for secret in client.list_properties_of_secrets()]
except AzureError:
    pass
print(json.dumps({"version": __version__, "answers": answers, "listed": listed}))
