import { createTheme, defaultVariantColorsResolver, localStorageColorSchemeManager } from '@mantine/core';
import type {
  ActionIconProps,
  ButtonProps,
  CheckboxProps,
  LoaderProps,
  MantineColorsTuple,
  MenuProps,
  ModalProps,
  PortalProps,
  RadioProps,
  SelectProps,
  SwitchProps,
  TextareaProps,
  TooltipProps,
  VariantColorsResolver,
} from '@mantine/core';

function tuple(token: string): MantineColorsTuple {
  const color = `var(--${token})`;
  return [color, color, color, color, color, color, color, color, color, color];
}

/** Button and icon-button variants: filled = ink (primary), danger, default (outlined), subtle. */
const variantColorResolver: VariantColorsResolver = (input) => {
  const line = '1px solid transparent';
  const plain = input.color === undefined || input.color === 'accent';
  if (input.variant === 'filled' && plain) {
    return { background: 'var(--ink)', hover: 'var(--ink-hover)', color: 'var(--on-ink)', border: line };
  }
  if (input.variant === 'danger') {
    return {
      background: 'var(--danger-fill)',
      hover: 'var(--danger-fill-hover)',
      color: '#fff',
      border: line,
    };
  }
  if (input.variant === 'subtle' && plain) {
    return { background: 'transparent', hover: 'var(--hover)', color: 'var(--text-2)', border: line };
  }
  return defaultVariantColorsResolver(input);
};

/** Key and values (`light`, `dark`, `auto`) are read by `public/theme.js` too, before the first paint. */
export const colorSchemeManager = localStorageColorSchemeManager({ key: 'trunkline-theme' });

// Scroll locking is a rule in base.css: Mantine's own injects a <style> tag.
const overlayDefaults = { lockScroll: false, transitionProps: { duration: 120 } };

export const theme = createTheme({
  primaryColor: 'accent',
  colors: { accent: tuple('accent') },
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--mono)',
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  variantColorResolver,
  // Plain objects: `Select.extend` and its like would load every component with the first page.
  components: {
    ActionIcon: { defaultProps: { variant: 'subtle', size: 'md' } satisfies Partial<ActionIconProps> },
    Button: { defaultProps: { size: 'sm', variant: 'filled' } satisfies Partial<ButtonProps> },
    Checkbox: { defaultProps: { size: 'xs', radius: 'xs' } satisfies Partial<CheckboxProps> },
    Drawer: { defaultProps: overlayDefaults },
    DrawerRoot: { defaultProps: overlayDefaults },
    ModalRoot: { defaultProps: overlayDefaults },
    Loader: { defaultProps: { size: 'sm', color: 'var(--text-3)' } satisfies Partial<LoaderProps> },
    Menu: {
      defaultProps: {
        withInitialFocusPlaceholder: false,
        position: 'bottom-end',
        transitionProps: { duration: 100 },
        shadow: 'md',
      } satisfies Partial<MenuProps>,
    },
    Modal: {
      defaultProps: {
        ...overlayDefaults,
        centered: true,
        size: 480,
        closeButtonProps: { 'aria-label': 'Close' },
      } satisfies Partial<ModalProps>,
    },
    // A landmark of index.html, so that menus and tooltips are not content outside all landmarks.
    Portal: { defaultProps: { target: '#overlays' } satisfies Partial<PortalProps> },
    Radio: { defaultProps: { size: 'xs' } satisfies Partial<RadioProps> },
    Select: {
      defaultProps: { checkIconPosition: 'right', allowDeselect: false } satisfies Partial<SelectProps>,
    },
    Switch: { defaultProps: { size: 'sm', withThumbIndicator: false } satisfies Partial<SwitchProps> },
    Textarea: { defaultProps: { autosize: true, minRows: 2 } satisfies Partial<TextareaProps> },
    Tooltip: {
      defaultProps: {
        events: { hover: true, focus: true, touch: true },
        openDelay: 150,
        multiline: true,
      } satisfies Partial<TooltipProps>,
    },
  },
});
