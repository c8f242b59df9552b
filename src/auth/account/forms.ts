import { Type } from 'typebox';
import { field, form, hiddenField } from '../../lib/forms/form.ts';
import {
  currentPasswordField,
  emailField,
  nameField,
  newPasswordField,
  repeatedPasswordField,
  websiteField,
} from '../fields.ts';

export const profileForm = form({ name: nameField, website: websiteField });

export const emailForm = form({
  email: field(
    { ...emailField },
    { ...emailField.traits, label: 'New e-mail', autocomplete: 'email' },
  ),
  password: currentPasswordField,
});

export const passwordForm = form({
  current: field(
    { ...currentPasswordField },
    { ...currentPasswordField.traits, label: 'Current password' },
  ),
  password: field({ ...newPasswordField }, { ...newPasswordField.traits, label: 'New password' }),
  confirm: repeatedPasswordField,
});

export const deleteForm = form({
  password: currentPasswordField,
  /** The id of the account, by which a repeat is recognised when the account is gone. */
  account: hiddenField(Type.Optional(Type.String({ maxLength: 100 }))),
});
