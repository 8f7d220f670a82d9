import type { AirflowSignIn } from '../../domain/configuration/airflowSignIn.js';
import type { Cloud } from '../../domain/configuration/clouds.js';
import type { CloudName } from '../../domain/configuration/profile.js';
import { WORDS } from './words.js';

/** Scope of the first-party application "Azure Data Factory": a token for it opens nothing but Data Factory's own. */
export const DATA_FACTORY_SCOPE = '5d13f7d7-0567-429c-9880-320e9555e5fc/.default';
/** The same by the URI that an earlier edition of the documentation gives as the audience of managed Airflow's API. */
export const DATA_FACTORY_URI_SCOPE = 'https://datafactory.azure.com/.default';

/** Endings of the hosts of Airflow web servers. Documented for the public cloud, inferred for the others. */
const HOSTS: Readonly<Record<CloudName, readonly string[]>> = {
  public: ['.airflow.svc.datafactory.azure.com'],
  usGovernment: ['.airflow.svc.datafactory.azure.us'],
  china: ['.airflow.svc.datafactory.azure.cn'],
};

export function signIn({ name, title }: Cloud): AirflowSignIn {
  return {
    cloud: title,
    scopes: [DATA_FACTORY_SCOPE, DATA_FACTORY_URI_SCOPE],
    hosts: HOSTS[name],
    portal: WORDS.portal,
    grantedOn: '<the data factory>',
  };
}
