/**
 * What Mantine's controls are told once for the whole window. Colours stand in tokens.css. Nothing here may make
 * Mantine write styles into the page: the pages' policy refuses that (hence no scroll lock, no style props by width).
 */
import {
  Checkbox,
  createTheme,
  Drawer,
  Menu,
  Modal,
  Popover,
  Tooltip,
  type MantineColorsTuple,
} from '@mantine/core';

/** Only the names matter: every value comes from tokens.css. */
const TIDE = Array.from({ length: 10 }, () => '#0f7f8c') as unknown as MantineColorsTuple;

export const theme = createTheme({
  colors: { tide: TIDE },
  primaryColor: 'tide',
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Modal: Modal.extend({
      defaultProps: {
        lockScroll: false,
        centered: true,
        radius: 'lg',
        overlayProps: { backgroundOpacity: 0.4 },
      },
    }),
    Checkbox: Checkbox.extend({ defaultProps: { radius: 'xs' } }),
    Drawer: Drawer.extend({ defaultProps: { lockScroll: false } }),
    Menu: Menu.extend({ defaultProps: { shadow: 'md', radius: 'md', withinPortal: true } }),
    Popover: Popover.extend({ defaultProps: { shadow: 'md', radius: 'md' } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 400, withArrow: false } }),
  },
});
