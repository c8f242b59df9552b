import type { FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import type { User } from '../../database/schema.ts';

/** Data about users that one part of the app stores. */
export interface PersonalData {
  /** Returns what is stored about the user who sends the request, for the file that they download. */
  export(request: FastifyRequest): unknown;
  /** Deletes everything that is stored about the user. It may run twice. */
  remove(user: User): Promise<void> | void;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Name in the export -> the data. Each part of the app that stores data about users adds itself here. */
    personalData: Map<string, PersonalData>;
  }
}

/** Keeps the list of all data about users. The account page exports it, and deletes it with the account. */
export default plugin(
  async (app) => {
    const data = new Map<string, PersonalData>();
    app.decorate('personalData', { getter: () => data });
  },
  { name: 'personal-data' },
);
