import { Type } from 'typebox';
import { field, form } from '../../lib/forms/form.ts';
import {
  currentPasswordField,
  emailField,
  nameField,
  newPasswordField,
  nextField,
  repeatedPasswordField,
  websiteField,
} from '../fields.ts';

export const signUpForm = form({
  name: nameField,
  email: emailField,
  password: newPasswordField,
  confirm: repeatedPasswordField,
  website: websiteField,
});

export const logInForm = form({
  email: field(Type.String({ pattern: '\\S', maxLength: 254 }), {
    ...emailField.traits,
    message: 'Enter your e-mail address.',
  }),
  password: currentPasswordField,
  remember: field(Type.Optional(Type.String({ maxLength: 10 })), {
    label: 'Keep me signed in on this device',
    message: 'Please check this value.',
    type: 'checkbox',
  }),
  next: nextField,
});
