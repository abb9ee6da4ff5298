import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { ReauthenticationDialog } from '../features/auth/ReauthenticationDialog.tsx';
import { queryClient } from '../lib/query-client.ts';
import { colorSchemeManager, theme } from '../theme/theme.ts';
import { router } from './router.tsx';

/** Providers around the router. The theme's variables and classes are files: no <style> tag is made. */
export function App() {
  return (
    <MantineProvider
      theme={theme}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <ReauthenticationDialog />
        <Notifications position="bottom-right" limit={3} zIndex={1200} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
