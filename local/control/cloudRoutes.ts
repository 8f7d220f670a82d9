/** Acts on what stands for Azure: runtimes as a person in the portal makes them, roles, credentials, secrets, tokens. */
import { directoryRoutes } from './directoryRoutes.js';
import { permissionRoutes } from './permissionRoutes.js';
import type { ControlRoute } from './router.js';
import { type RuntimeRoutesOptions, runtimeRoutes } from './runtimeRoutes.js';
import { vaultRoutes } from './vaultRoutes.js';

/** All routes that act on the emulated Azure. */
export function cloudRoutes(options: RuntimeRoutesOptions): ControlRoute[] {
  const { azure } = options;
  return [
    ...runtimeRoutes(options),
    ...directoryRoutes(azure),
    ...permissionRoutes(azure),
    ...vaultRoutes(azure),
  ];
}
