/** The channel on which nodes tell each other what changed. */
export const liveChannel = 'trunkline_live';
