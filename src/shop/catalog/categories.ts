/** Category -> its name, in the order in which the shop shows them. */
export const categories: Record<string, string> = {
  backpacks: 'Backpacks',
  totes: 'Totes',
  messengers: 'Messengers',
  travel: 'Travel',
  'small-goods': 'Small goods',
};
