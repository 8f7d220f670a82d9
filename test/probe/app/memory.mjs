/** What this process remembers beside durable state, so that a question can see effects, hold activities and switch code. */
const effects = new Map();
const gates = new Map();
const switched = new Set();
const slow = new Map();

/** Notes that something happened; `effectsOf` tells how often and in which order. */
export function note(key, what) {
  effects.set(key, [...effectsOf(key), what]);
}

export function effectsOf(key) {
  return effects.get(key) ?? [];
}

/** Resolves when somebody opens the gate, at once where it is open already. */
export function gate(key) {
  const known = gates.get(key);
  if (known) return known.opened;
  let open;
  const opened = new Promise((resolve) => {
    open = resolve;
  });
  gates.set(key, { opened, open });
  return opened;
}

export function openGate(key) {
  void gate(key);
  gates.get(key).open();
}

/** From now on the code of this instance is another one. */
export function switchCode(instanceId) {
  switched.add(instanceId);
}

export function isSwitched(instanceId) {
  return switched.has(instanceId);
}

/** From now on the activity of this instance takes so long, milliseconds. */
export function makeSlow(instanceId, ms) {
  slow.set(instanceId, ms);
}

export function slowness(instanceId) {
  return slow.get(instanceId) ?? 0;
}
