import type { ErrorText, ProtectionNames, ProtectionTable } from '../text-tables.ts';

export const protection: ProtectionTable = {
  states: {
    protected: 'Protected',
    protectedExcept: 'Protected, with exceptions',
    cannotTell: 'Cannot tell',
    late: 'Late',
    inDanger: 'In danger',
  },
  waits: {
    paused: 'paused',
    quietHours: 'waits for the end of the quiet hours',
    onBattery: 'waits until the computer is plugged in',
    lowBattery: 'waits because the battery is low',
    meteredNetwork: 'waits for a network that costs nothing',
    unknownNetwork: 'waits to hear whether this network costs money',
    offline: 'waits for a network',
    placeAway: 'waits for the backup place to come back',
    placeUnseen: 'looks for the backup place',
    backOff: 'tries again later',
  },
  problems: {
    paused: (names) => late(names, 'backups are paused', 'Choose "Go on" when you are ready.'),
    quietHours: (names) =>
      late(names, 'the quiet hours leave no time', 'Shorten the quiet hours, or press "Back up now".'),
    onBattery: (names) =>
      late(names, 'the computer runs on battery', 'Plug it in for a while, or press "Back up now".'),
    lowBattery: (names) => late(names, 'the battery is low', 'Plug the computer in.'),
    meteredNetwork: (names) =>
      late(names, 'this network costs money', 'Use another network for a while, or press "Back up now".'),
    unknownNetwork: (names) =>
      late(names, 'Tidemark does not know this network', 'Say once whether it costs money.'),
    offline: (names) => late(names, 'there is no network', 'Connect the computer to a network.'),
    placeAway: (names) =>
      late(names, `${names.places} is not connected`, `Connect ${names.places}; the rest goes by itself.`),
    placeUnseen: (names) =>
      late(
        names,
        `${names.places} does not answer`,
        `Check that ${names.places} is connected and switched on.`,
      ),
    backOff: (names) => late(names, 'the last tries did not succeed', 'Press "Back up now" to see why.'),
    failing: (names) => ({
      title: names.error?.title ?? `Saving ${names.plans} to ${names.places} does not succeed.`,
      safe: savedUntil(names),
      todo: names.error?.todo ?? 'Press "Back up now" to see why.',
    }),
    catchingUp: (names) =>
      late(names, 'there was no chance until now', 'Nothing: Tidemark is making up for it.'),
    neverSaved: ({ plans, places }) => ({
      title: `${plans} has not been saved to ${places} yet.`,
      safe: '',
      todo: 'Leave the computer on until the first version is done.',
    }),
    switchedOff: (names) => ({
      title: `${names.plans} is switched off.`,
      safe: savedUntil(names),
      todo: 'Switch it on when you want new versions.',
    }),
    filesLeftOut: ({ plans, fileCount = 0 }) => ({
      title: `${fileCount === 1 ? '1 file' : `${fileCount} files`} of ${plans} could not be saved.`,
      safe: 'All others are.',
      todo: 'Look at the list: it says why, and what helps.',
    }),
    recoveryUnproven: ({ places }) => ({
      title: `Only this computer can open the versions in ${places} so far.`,
      safe: 'They are safe as long as this computer is.',
      todo: 'Show once that your recovery kit opens them.',
    }),
    keysLost: ({ places }) => ({
      title: `What ${places} holds cannot be opened: a small file is missing there or damaged.`,
      safe: 'Nothing else is touched, and Tidemark has a copy of that file.',
      todo: 'Choose "Put it back"; what is damaged is kept aside.',
    }),
    damaged: ({ plans, places }) => ({
      title: `Part of what ${places} holds of ${plans} is damaged.`,
      safe: 'Nothing else is touched, and nothing is removed until this is settled.',
      todo: 'Choose "Mend it": what is damaged comes back from your other places and from this computer, as far as they have it.',
    }),
    placeKeeps: ({ places, until }) => ({
      title: `What was to be removed from ${places} stays there${until === undefined ? '' : ` until ${until}`}, as that place is set up.`,
      safe: 'Nothing is wrong: every version is safe, and new ones are saved as usual.',
      todo:
        until === undefined
          ? 'Nothing, if you want it so. Its room does not come back as long as it keeps everything.'
          : 'Nothing: its room comes back after that.',
    }),
    neverListed: ({ places }) => ({
      title: `Nobody has looked into ${places} yet.`,
      safe: 'What it holds is not touched.',
      todo: `Connect ${places}.`,
    }),
    clockDoubtful: () => ({
      title: 'The clock of this computer seems to be wrong.',
      safe: 'New versions are made all the same, and none is removed.',
      todo: 'Set date and time right.',
    }),
    notNoted: () => ({
      title: "Tidemark's own folder takes nothing any more: its disk is full, or cannot be written to.",
      safe: 'Versions are safe, and new ones are made.',
      todo: 'Make room on the disk of your home folder; until then changed plans may be forgotten.',
    }),
    notRunning: () => ({
      title: 'Tidemark does not answer.',
      safe: 'What was saved before is safe; nothing new is saved.',
      todo: 'Start Tidemark again.',
    }),
    noPlans: () => ({
      title: 'No folder is protected.',
      safe: '',
      todo: 'Choose the folders that must never be lost.',
    }),
    kitToFind: ({ places }) => ({
      title: `Do you still know where the recovery kit for ${places} is?`,
      safe: 'Nothing is wrong. The kit opens your copies when this computer is lost.',
      todo: 'Look for it and type one group from it; if it is gone, make a new one now.',
    }),
    tryRestore: ({ versionCount = 0 }) => ({
      title: `${versionCount === 1 ? '1 version is' : `${versionCount} versions are`} safe by now. Try it: get something back.`,
      safe: 'It takes half a minute and changes none of your files.',
      todo: 'Then you know how it goes before you need it.',
    }),
    onePlace: ({ places }) => ({
      title: `Everything is in one place only, ${places}.`,
      safe: 'One place protects against mistakes and a broken disk, not against fire or theft.',
      todo: 'Add a second place, best one away from here.',
    }),
  },
};

function late(names: ProtectionNames, why: string, todo: string): ErrorText {
  return { title: `${names.plans} is not up to date: ${why}.`, safe: savedUntil(names), todo };
}

function savedUntil({ newest, places }: ProtectionNames): string {
  return newest === undefined ? '' : `The newest version in ${places} is from ${newest}, and safe.`;
}
