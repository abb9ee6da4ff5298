/**
 * Why a sign-in through an identity provider ended: `unknown`: no provider for that address; `provider`: it did not
 * answer as it should; `expired`: too late, used, or of another browser; `unverified`: it does not say that the address
 * is verified; `not_invited`: nobody here by that address; `other_person`: a proof by somebody else; `not_anew`: the
 * provider did not ask for the password again; `too_many`: too many were begun from one network.
 */
export type SsoFailure =
  | 'unknown'
  | 'provider'
  | 'expired'
  | 'unverified'
  | 'not_invited'
  | 'other_person'
  | 'not_anew'
  | 'too_many';
