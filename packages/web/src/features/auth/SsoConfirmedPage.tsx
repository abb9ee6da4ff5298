import { useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { Notice } from '../../components/Notice.tsx';
import { AuthLayout } from './AuthLayout.tsx';
import { reportProof, ssoFailure } from './sso.ts';

/** `/sso/confirmed`: the window in which somebody has proved who they are; it closes by itself. */
export function SsoConfirmedPage() {
  const { failure } = useSearch({ from: '/sso/confirmed' });
  const problem = ssoFailure(failure);
  useEffect(() => reportProof(failure ?? null), [failure]);
  return (
    <AuthLayout title={problem ? 'Not confirmed' : 'Confirmed'} lead="You can close this window.">
      <Notice tone={problem ? 'error' : 'active'} role="status" title={problem ?? 'It is you.'} />
    </AuthLayout>
  );
}
