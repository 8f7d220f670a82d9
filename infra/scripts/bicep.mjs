/** Compiles the parameters file, with the compiler that a deployment uses. */
import { spawnSync } from 'node:child_process';

/**
 * Compiles infra/main.bicepparam with `bicep` on PATH, else with the Azure CLI's. Gives `values` (parameters by name, with
 * the template's defaults), and `declared` and `definitions` of the template; or `errors`, the compiler's own lines; or
 * nothing where there is no compiler.
 *
 * @param env variables to compile with, besides those of this process
 */
export function compileParameters(env) {
  const file = 'infra/main.bicepparam';
  const ran =
    run('bicep', ['build-params', file, '--stdout'], env) ??
    run('az', ['bicep', 'build-params', '--file', file, '--stdout'], env);
  if (ran === undefined) return undefined;
  if (ran.status !== 0) return { errors: errorsIn(ran.stderr) };
  const { parametersJson, templateJson } = JSON.parse(ran.stdout);
  const { parameters: declared, definitions } = JSON.parse(templateJson);
  const given = JSON.parse(parametersJson).parameters;
  const values = Object.fromEntries(
    Object.entries(declared).map(([name, { defaultValue }]) => [name, given[name]?.value ?? defaultValue]),
  );
  return { values, declared, definitions };
}

function run(command, args, env) {
  const ran = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 64 * 1024 * 1024,
    // On Windows az is a command file, which only a shell starts. Nothing here needs quotes.
    shell: process.platform === 'win32' && command === 'az',
  });
  return ran.error?.code === 'ENOENT' ? undefined : ran;
}

/** Errors alone, each with the place in its file: a warning refuses nothing. */
function errorsIn(text) {
  const lines = text.split('\n').filter((line) => /\berror\b/i.test(line));
  return lines.length > 0
    ? lines.map((line) => line.replace(/^.*?(?=infra[/\\])/, '').trim())
    : [text.trim()];
}
