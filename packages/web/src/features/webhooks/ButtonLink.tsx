import { Button, Menu } from '@mantine/core';
import type { ButtonProps, MenuItemProps } from '@mantine/core';
import type { MouseEventHandler } from 'react';
import { AppLink } from '../../components/AppLink.tsx';
import { isShown } from '../../lib/frame.ts';
import classes from './ButtonLink.module.css';

interface LinkProps {
  href: string;
  onClick?: MouseEventHandler<HTMLAnchorElement>;
}

/** A link inside the application that looks like a button; nothing where its place is not shown. */
export function ButtonLink(props: Omit<ButtonProps, 'className'> & LinkProps) {
  if (!isShown(props.href)) return null;
  return <Button component={AppLink} {...props} className={classes.link ?? ''} />;
}

/** A link inside the application in a menu. */
export function MenuLink(props: Omit<MenuItemProps, 'className'> & LinkProps) {
  if (!isShown(props.href)) return null;
  return <Menu.Item component={AppLink} {...props} className={classes.item ?? ''} />;
}
