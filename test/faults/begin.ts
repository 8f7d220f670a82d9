/**
 * When the clocks of the test cloud begin, whatever day it is on the machine: a Monday. Windows, months and ends of credentials fall
 * on the same moments of a scenario whenever that is run, so that a seed finds tomorrow what it found today.
 */
export const BEGIN = '2027-01-04T06:00:00Z';
