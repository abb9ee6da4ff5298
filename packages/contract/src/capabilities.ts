import type { z } from 'zod';
import { atsImport } from './capabilities/ats.ts';
import { backgroundCheckOrder } from './capabilities/background-check.ts';
import {
  calendarCancelEvent,
  calendarCreateEvent,
  calendarFreeBusy,
  calendarListEvents,
  calendarUpdateEvent,
} from './capabilities/calendar.ts';
import type { Capability } from './capabilities/capability.ts';
import { chatPost } from './capabilities/chat.ts';
import { crmUpsertContact } from './capabilities/crm.ts';
import { emailSend } from './capabilities/email.ts';
import { esignSend, esignStatus } from './capabilities/esign.ts';
import { hrisListEmployees } from './capabilities/hris.ts';
import { jobClose, jobPost } from './capabilities/job.ts';
import { kycStart } from './capabilities/kyc.ts';
import { paymentCreateAccount, paymentCreateCustomer } from './capabilities/payment.ts';
import { payrollExport } from './capabilities/payroll.ts';
import { smsSend } from './capabilities/sms.ts';
import { storageGet, storagePut, storageSign } from './capabilities/storage.ts';
import { taxQuote } from './capabilities/tax.ts';
import { verifyCheck, verifyStart } from './capabilities/verify.ts';
import { videoCreateMeeting } from './capabilities/video.ts';

/** Every capability. A provider that offers one has an adapter with exactly these shapes. */
export const capabilities = {
  'email.send': emailSend,
  'sms.send': smsSend,
  'chat.post': chatPost,
  'storage.put': storagePut,
  'storage.get': storageGet,
  'storage.sign': storageSign,
  'calendar.create_event': calendarCreateEvent,
  'calendar.update_event': calendarUpdateEvent,
  'calendar.cancel_event': calendarCancelEvent,
  'calendar.list_events': calendarListEvents,
  'calendar.free_busy': calendarFreeBusy,
  'video.create_meeting': videoCreateMeeting,
  'verify.start': verifyStart,
  'verify.check': verifyCheck,
  'crm.upsert_contact': crmUpsertContact,
  'esign.send': esignSend,
  'esign.status': esignStatus,
  'kyc.start': kycStart,
  'ats.import': atsImport,
  'background_check.order': backgroundCheckOrder,
  'hris.list_employees': hrisListEmployees,
  'job.post': jobPost,
  'job.close': jobClose,
  'payroll.export': payrollExport,
  'tax.quote': taxQuote,
  'payment.create_customer': paymentCreateCustomer,
  'payment.create_account': paymentCreateAccount,
} as const satisfies Record<string, Capability>;

export type CapabilityName = keyof typeof capabilities;
export const capabilityNames = Object.keys(capabilities) as [CapabilityName, ...CapabilityName[]];

/** What an adapter is given: checked, with defaults in place. */
export type CapabilityInput<C extends CapabilityName> = z.output<(typeof capabilities)[C]['input']>;
export type CapabilityOutput<C extends CapabilityName> = z.input<(typeof capabilities)[C]['output']>;
