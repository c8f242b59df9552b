import { form } from '../domain/form.ts';
import { confirm, email, knownPassword, name, newPassword, website } from './forms.ts';

export const profileForm = form({ name, website });

export const emailForm = form({ email, password: knownPassword });

export const passwordForm = form({ current: knownPassword, password: newPassword, confirm });

export const deleteForm = form({ password: knownPassword });
