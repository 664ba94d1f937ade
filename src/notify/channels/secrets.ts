/** What a channel needs that stands in no file of the inventory. */

/** A value that prints as "[secret]". */
export interface Secret {
  reveal(): string;
}

export interface ChannelCredential {
  user?: string;
  password: Secret;
}

/** From a credential's name to its values; rejects with what is wrong and what to do. */
export type CredentialOf = (name: string) => Promise<ChannelCredential>;
