/**
 * Kinds of files that a system runs, or that make it do something, when they are opened. Out of a backup none of them is
 * opened: it may hold what an attacker has put on the disk. Told by the end of the name, as systems tell it, so that the
 * window can say it before anything is fetched; the head of the file is looked at by the core. Pure.
 */

/**
 * Source: Microsoft, "Information about the Unsafe File List" and `PATHEXT`; LaunchServices and the Installer on macOS;
 * shared-mime-info's kinds that a desktop starts. More than one system's are refused on every system: copies travel.
 */
const RUN = new Set(
  // Windows: programs, scripts, installers, shortcuts, consoles, settings that are imported at a click.
  (
    'ade adp appinstaller application appref-ms appx appxbundle bas bat chm cmd com cpl crt diagcab dll drv exe gadget grp ' +
    'hlp hta inf ins isp its jse library-ms lnk mad maf mag mam mar mas mat mau mav maw mcf mda mdb mde mdt mdw mdz msc ' +
    'msh msh1 msh2 mshxml msh1xml msh2xml msi msix msixbundle msp mst ocx ops osd pcd pif pl plg prf prg printerexport ps1 ' +
    'ps1xml ps2 ps2xml psc1 psc2 psd1 psdm1 psm1 pst reg rdp scf scr sct search-ms searchconnector-ms settingcontent-ms ' +
    'shb shs sys theme themepack url vb vbe vbp vbs vhd vhdx vsmacros vsw vxd webpnp website ws wsc wsf wsh xbap xll xnk ' +
    // macOS.
    'action app bundle command definition dmg fileloc inetloc kext mobileconfig mpkg osax pkg prefpane saver scpt scptd ' +
    'service shortcut terminal tool webloc workflow ' +
    // Linux.
    'appimage bin desktop elf flatpak flatpakref flatpakrepo kdelnk run snap so deb rpm ' +
    // Scripts and programs of every system.
    'ahk au3 bash class csh fish jar jnlp js jsx ksh lua mjs cjs nu pex php phar py pyc pyo pyw pyz pyzw rb rbw sh ' +
    'tcl wasm zsh'
  ).split(' '),
);

/** @param name as a file manager would show it; blanks and dots at its end do not count, as for Windows */
export function runsWhenOpened(name: string): boolean {
  const bare = name.toLowerCase().replace(/[.\s]+$/u, '');
  const dot = bare.lastIndexOf('.');
  return dot >= 0 && RUN.has(bare.slice(dot + 1));
}
