/** The task hub of another app on the same credential, whose keys are nobody's that this one knows of. */

/** Id of a task hub that none has by chance: somebody else's. */
export const OTHER_HUB = '00000000';

/** Whether the label of a key names that hub. */
export function isOtherHubs(label: string | null): boolean {
  return label?.includes(`.${OTHER_HUB} `) === true;
}
