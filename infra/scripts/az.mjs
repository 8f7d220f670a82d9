/** Calls the Azure CLI, as whoever is signed in to it, in the subscription and tenant that are deployed to. */
import { execFileSync } from 'node:child_process';
import { differenceOfAccounts } from './account.mjs';

/** What the CLI says of what does not exist: of secrets, of resources, in Microsoft Graph, of a vault by its name. */
const MISSING = /SecretNotFound|ResourceNotFound|Request_ResourceNotFound|not found within subscription/;

/** Commands that take no --subscription: the first two have none, and `rest` says in its address where it goes. */
const WITHOUT_SUBSCRIPTION = ['account', 'bicep', 'rest'];

/** The most that is printed of an error. Characters. */
const MOST = 2_000;

let isCompared = false;

/**
 * Runs `az` and gives its JSON; `undefined` where what was asked for does not exist. Otherwise ends with what `az` said.
 *
 * @param {string[]} args
 */
export function az(...args) {
  const { value, said } = tryAz(args);
  if (said === undefined) return value;
  if (MISSING.test(said)) return undefined;
  // As much of the command as says what it was about; a secret's value comes later.
  return endWith(`az ${args.slice(0, 5).join(' ')} …: ${briefly(said)}`);
}

/**
 * Runs `az` and gives its JSON as `value`, or what it said on standard error as `said`. Compares the accounts first, and
 * ends where the CLI is signed in elsewhere than the deployment goes.
 *
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env variables besides those of this process
 */
export function tryAz(args, env = {}) {
  if (!isCompared) {
    isCompared = true;
    const difference = differenceOfAccounts(process.env, showAccount);
    if (difference !== undefined) endWith(difference);
  }
  const subscription = process.env['AZURE_SUBSCRIPTION_ID'];
  const isScoped = subscription && !WITHOUT_SUBSCRIPTION.includes(args[0] ?? '');
  return run([...args, ...(isScoped ? ['--subscription', subscription] : [])], env);
}

/** Id of the subscription that is deployed to: azd's, else the one that the CLI works in. */
export function subscriptionId() {
  return process.env['AZURE_SUBSCRIPTION_ID'] || az('account', 'show').id;
}

/**
 * What is worth reading in the CLI's standard error: from its first error on, without the warnings before; at most 2,000
 * characters. A refused deployment has its cause in the lines after the error.
 *
 * @param {string} said
 */
export function briefly(said) {
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  const first = lines.findIndex((line) => line.startsWith('ERROR'));
  const text = (first === -1 ? lines.slice(-1) : lines.slice(first)).join(' ').trim();
  return text.length > MOST ? `${text.slice(0, MOST)}…` : text;
}

/** @param {string} [subscription] */
function showAccount(subscription) {
  return run(['account', 'show', ...(subscription === undefined ? [] : ['--subscription', subscription])]);
}

/**
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ value?: any, said?: string }}
 */
function run(args, env = {}) {
  // On Windows az is a command file, which only a shell starts; there an & outside quotes would begin a new command.
  const shell = process.platform === 'win32';
  const all = [...args, '--output', 'json'];
  try {
    const text = execFileSync('az', shell ? all.map((arg) => `"${arg.replaceAll('"', '\\"')}"`) : all, {
      encoding: 'utf8',
      env: { ...process.env, ...env },
      maxBuffer: 64 * 1024 * 1024,
      shell,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { value: text.trim() === '' ? {} : JSON.parse(text) };
  } catch (error) {
    const { code, stderr, message } = /** @type {NodeJS.ErrnoException & { stderr?: string }} */ (error);
    if (code === 'ENOENT') return endWith('There is no Azure CLI on PATH: https://aka.ms/install-azure-cli');
    return { said: String(stderr || message).trim() };
  }
}

/**
 * @param {string} text
 * @returns {never}
 */
function endWith(text) {
  console.error(text);
  return process.exit(1);
}
