/**
 * Loaded into the main process before the application (`-r`), on the test host and on real Electron alike. Keeps what
 * a test cannot see or click on a desktop: tray menus, notifications, dialogs, what other programs were asked to open.
 * An unanswered dialog is an error. The application itself knows nothing of it.
 */
const { statSync } = require('node:fs');
const {
  app,
  session,
  Tray,
  Notification,
  dialog,
  nativeImage,
  shell,
  powerSaveBlocker,
} = require('electron');

const probe = {
  /** @type {{ tray: object, menu: any, pictures: string[], toolTip: string }[]} */
  trays: [],
  /** @type {any[]} */
  notifications: [],
  /** @type {string[]} */
  opened: [],
  /** @type {string[]} */
  shownInFolder: [],
  /** @type {Record<string, unknown[]>} */
  answers: {},
  /** @type {{ kind: string, options: unknown }[]} */
  asked: [],
  /** @type {Map<number, string>} */
  keptAwake: new Map(),
  /** @type {Record<string, unknown>} */
  permissions: {},
  /** @type {string[][]} */
  drags: [],
};
Object.assign(globalThis, { tidemarkProbe: probe });

/** @param {object} tray */
function seen(tray) {
  let entry = probe.trays.find((candidate) => candidate.tray === tray);
  if (entry === undefined) {
    entry = { tray, menu: null, pictures: [], toolTip: '' };
    probe.trays.push(entry);
  }
  return entry;
}

for (const [method, field] of /** @type {const} */ ([
  ['setContextMenu', 'menu'],
  ['setToolTip', 'toolTip'],
])) {
  const original = /** @type {any} */ (Tray.prototype)[method];
  /** @type {any} */ (Tray.prototype)[method] = function (/** @type {any} */ value) {
    /** @type {any} */ (seen(this))[field] = value;
    return original.call(this, value);
  };
}

// An image does not tell where it came from, so the files are noted when they are loaded.
const files = new WeakMap();
const { createFromPath } = nativeImage;
nativeImage.createFromPath = (file) => {
  const image = createFromPath.call(nativeImage, file);
  files.set(image, file.split(/[/\\]/).at(-1));
  return image;
};
const { setImage } = Tray.prototype;
Tray.prototype.setImage = function (image) {
  seen(this).pictures.push(typeof image === 'string' ? image : (files.get(image) ?? 'unknown'));
  return setImage.call(this, image);
};

const show = Notification.prototype.show;
Notification.prototype.show = function () {
  probe.notifications.push(this);
  return show.call(this);
};

for (const kind of ['showOpenDialog', 'showSaveDialog', 'showMessageBox']) {
  /** @type {any} */ (dialog)[kind] = async (/** @type {unknown[]} */ ...args) => {
    probe.asked.push({ kind, options: args.at(-1) });
    const answers = probe.answers[kind] ?? [];
    if (answers.length === 0) throw new Error(`no test answers dialog.${kind}`);
    return answers.shift();
  };
}

for (const method of ['openExternal', 'openPath']) {
  /** @type {any} */ (shell)[method] = async (/** @type {string} */ target) => {
    probe.opened.push(target);
    return '';
  };
}

shell.showItemInFolder = (file) => {
  probe.shownInFolder.push(file);
};

// Runs before the application's own, which was registered later.
void app.whenReady().then(() => {
  const { defaultSession } = session;
  for (const [method, field] of /** @type {const} */ ([
    ['setPermissionRequestHandler', 'request'],
    ['setPermissionCheckHandler', 'check'],
    ['setDevicePermissionHandler', 'device'],
  ])) {
    const original = /** @type {any} */ (defaultSession)[method];
    /** @type {any} */ (defaultSession)[method] = (/** @type {unknown} */ handler) => {
      probe.permissions[field] = handler;
      return original.call(defaultSession, handler);
    };
  }
});

const { start, stop } = powerSaveBlocker;
powerSaveBlocker.start = (kind) => {
  const id = start.call(powerSaveBlocker, kind);
  probe.keptAwake.set(id, kind);
  return id;
};
powerSaveBlocker.stop = (id) => {
  probe.keptAwake.delete(id);
  return stop.call(powerSaveBlocker, id);
};

// A desktop would wait for the button; what Electron asks of a drag is asked here.
app.on('web-contents-created', (_event, contents) => {
  contents.startDrag = ({ file, files, icon }) => {
    const all = files ?? [file];
    for (const each of all) statSync(each);
    if (typeof icon !== 'string' || createFromPath.call(nativeImage, icon).isEmpty())
      throw new Error("Must specify non-empty 'icon' option");
    probe.drags.push(all);
  };
});
