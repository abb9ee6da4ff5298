/**
 * What an adapter throws when the provider has said that it does not have the stored thing that is read, and in no other
 * case: the provider works, and another one of the chain may have it.
 */
export class MissingObject extends Error {
  override readonly name = 'MissingObject';
}
