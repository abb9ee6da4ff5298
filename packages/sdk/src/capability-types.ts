// Made from packages/contract/src/capabilities. Change it there, then run:
// UPDATE_DOCS=1 npx vitest run packages/sdk/src/capability-types.test.ts

/** What each capability takes and gives. */
export interface CapabilityTypes {
  /** Send one message to up to 50 recipients. */
  'email.send': {
    input: {
      to:
        | string
        | {
            email: string;
            name?: string;
          }
        | readonly (
            | string
            | {
                email: string;
                name?: string;
              }
          )[];
      cc?:
        | string
        | {
            email: string;
            name?: string;
          }
        | readonly (
            | string
            | {
                email: string;
                name?: string;
              }
          )[];
      bcc?:
        | string
        | {
            email: string;
            name?: string;
          }
        | readonly (
            | string
            | {
                email: string;
                name?: string;
              }
          )[];
      /** The sender address of the integration unless given. */
      from?:
        | string
        | {
            email: string;
            name?: string;
          };
      replyTo?:
        | string
        | {
            email: string;
            name?: string;
          };
      subject: string;
      text?: string;
      html?: string;
      attachments?: readonly {
        filename: string;
        contentType?: string;
        /** In base64. */
        content: string;
      }[];
    };
    result: {
      /** The provider’s own id of the message; null when it gives none. */
      messageId: string | null;
      /** Recipients that the server refused while it took the others. */
      rejected: readonly string[];
    };
  };
  /** Send one text message to one number. */
  'sms.send': {
    input: {
      to: string;
      /** Long texts go out in several parts. */
      text: string;
      /** The sender of the integration unless given. */
      from?: string;
    };
    result: {
      messageId: string;
    };
  };
  /** Post one message in a channel. */
  'chat.post': {
    input: {
      /** A name or an id as the provider has them; the channel of the integration unless given. */
      channel?: string;
      /** Plain text. */
      text: string;
    };
    result: {
      /** Null where the provider gives none. */
      messageId: string | null;
      channel: string | null;
    };
  };
  /** Store a file under a key; one that is there is replaced. */
  'storage.put': {
    input: {
      key: string;
      /** In base64; at most 7 MiB before that. */
      content: string;
      contentType?: string;
    };
    result: {
      key: string;
      bytes: number;
    };
  };
  /** Read a stored file. */
  'storage.get': {
    input: {
      key: string;
    };
    result: {
      found: boolean;
      /** In base64; null when there is no such file. */
      content: string | null;
      contentType: string | null;
      bytes: number | null;
    };
  };
  /** Make an address at which anybody can fetch a file for a while. */
  'storage.sign': {
    input: {
      key: string;
      seconds?: number;
    };
    result: {
      url: string;
      expiresAt: string;
    };
  };
  /** Put an event into a calendar and invite people. */
  'calendar.create_event': {
    input: {
      /** An id as the provider has it; the default calendar of the settings unless given. */
      calendar?: string;
      title: string;
      description?: string;
      location?: string;
      start: string;
      end: string;
      attendees?: readonly string[];
      /** Also make a video meeting of the provider’s own. */
      videoLink?: boolean;
    };
    result: {
      eventId: string;
      /** Where the event can be looked at. */
      url: string | null;
      /** Null: no video meeting was asked for, or the account has none to give; the event is there all the same. */
      videoUrl: string | null;
    };
  };
  /** Move or change an event, or make it where there is none under your reference, and tell people. */
  'calendar.update_event': {
    input: {
      /** An id as the provider has it; the default calendar of the settings unless given. */
      calendar?: string;
      /** As `calendar.create_event` has given it. */
      eventId?: string;
      /** An id of your own, such as that of an interview, under which the event is remembered. */
      reference?: string;
      /** With a reference: the moment of the state that the call is about, such as that of your event; the time of the call unless given. A call about an older state than was done already changes nothing. */
      asOf?: string;
      /** Make the event when none is known under the reference; `title`, `start` and `end` are needed then. */
      create?: boolean;
      title?: string;
      location?: string;
      start?: string;
      end?: string;
      /** All of them; others are not invited any more. */
      attendees?: readonly string[];
      /** An event that is made gets a video meeting; one that is changed keeps what it has. */
      videoLink?: boolean;
    };
    result: {
      /** Null: it was called off by a later call. */
      eventId: string | null;
      url: string | null;
      videoUrl: string | null;
      /** `outdated`: a later call for the reference was done before this one, which changed nothing. */
      state: 'created' | 'updated' | 'outdated';
    };
  };
  /** Take an event out of its calendar and tell those who were invited. */
  'calendar.cancel_event': {
    input: {
      /** An id as the provider has it; the default calendar of the settings unless given. */
      calendar?: string;
      /** As `calendar.create_event` has given it. */
      eventId?: string;
      /** An id of your own, such as that of an interview, under which the event is remembered. */
      reference?: string;
      /** With a reference: the moment of the state that the call is about, such as that of your event; the time of the call unless given. A call about an older state than was done already changes nothing. */
      asOf?: string;
    };
    result: {
      eventId: string | null;
      /** False: there was no such event any more, or a later call for the reference has changed it. */
      cancelled: boolean;
    };
  };
  /** Events that touch a span of time, in order, at most 100. */
  'calendar.list_events': {
    input: {
      /** An id as the provider has it; the default calendar of the settings unless given. */
      calendar?: string;
      from: string;
      to: string;
    };
    result: {
      events: readonly {
        eventId: string;
        title: string | null;
        /** A moment, or a date for a whole day. */
        start: string;
        end: string;
        url: string | null;
      }[];
      /** There are more than these. */
      more: boolean;
    };
  };
  /** Busy times of calendars within a span. */
  'calendar.free_busy': {
    input: {
      calendars: readonly string[];
      from: string;
      to: string;
    };
    result: {
      calendars: readonly {
        calendar: string;
        /** Null: it cannot be seen. */
        busy:
          | readonly {
              start: string;
              end: string;
            }[]
          | null;
      }[];
    };
  };
  /** Make a meeting and get the address to join it. */
  'video.create_meeting': {
    input: {
      title: string;
      start: string;
      minutes?: number;
    };
    result: {
      meetingId: string;
      joinUrl: string;
    };
  };
  /** Send a code to a telephone number, to see whether it is somebody’s. */
  'verify.start': {
    input: {
      to: string;
      channel?: 'sms' | 'call';
    };
    result: {
      verificationId: string;
      status: string;
    };
  };
  /** Say whether a code is the one that was sent. */
  'verify.check': {
    input: {
      to: string;
      code: string;
    };
    result: {
      approved: boolean;
    };
  };
  /** Create a contact, or change the one with this address. */
  'crm.upsert_contact': {
    input: {
      email: string;
      firstName?: string;
      /** Where a provider wants one and none is given, the address stands in. */
      lastName?: string;
      phone?: string;
      /** Written down, or linked where the provider keeps companies and knows one of this name. */
      company?: string;
    };
    result: {
      contactId: string;
      /** Null: the provider does not say. */
      created: boolean | null;
    };
  };
  /** Ask people to sign documents. */
  'esign.send': {
    input: {
      /** The subject of the message to the signers. */
      title: string;
      message?: string;
      documents: readonly {
        name: string;
        /** In base64. */
        content: string;
      }[];
      signers: readonly {
        name: string;
        email: string;
      }[];
      /** They sign one after the other, as listed; else in any order. */
      inOrder?: boolean;
    };
    result: {
      /** `esign.status` asks by it. */
      requestId: string;
    };
  };
  /** How far a request for signatures is. */
  'esign.status': {
    input: {
      requestId: string;
    };
    result: {
      requestId: string;
      state: 'draft' | 'sent' | 'completed' | 'declined' | 'cancelled' | 'failed';
      signers: readonly {
        name: string;
        email: string;
        state: 'waiting' | 'signed' | 'declined' | 'failed';
        signedAt: string | null;
      }[];
    };
  };
  /** Begin to verify who somebody is; they go on in their browser or your app. */
  'kyc.start': {
    input: {
      /** Your own id of the person. */
      personId: string;
      firstName: string;
      lastName: string;
      email?: string;
      phone?: string;
    };
    result: {
      /** What the provider calls it, also in what it reports later. */
      verificationId: string;
      /** Where the person goes on; null where that happens in your app. */
      url: string | null;
      /** For the provider’s own kit in your page or app, for a short time; null where there is none. */
      token: string | null;
    };
  };
  /** Read candidates or jobs from an applicant tracking system, or from a CSV or Excel file. */
  'ats.import': {
    input: {
      what?: 'candidates' | 'jobs';
      /** Of a page. A file is read as a whole. */
      limit?: number;
      /** As the page before gave it. */
      cursor?: string;
      /** Only what has changed since. */
      updatedSince?: string;
      /** Read this file, and ask nobody. */
      file?: {
        name: string;
        /** In base64; at most 5 MiB and 2,000 rows. The first row has the headings. */
        content: string;
        /** Which heading stands for which field, where it is none of the usual ones. */
        columns?: Readonly<Record<string, string>>;
      };
    };
    result: {
      candidates: readonly {
        /** As the system has it; of a file without ids, made from the address. */
        candidateId: string;
        firstName: string;
        lastName: string;
        email: string | null;
        phone: string | null;
        title: string | null;
        company: string | null;
        updatedAt: string | null;
      }[];
      jobs: readonly {
        jobId: string;
        title: string;
        state: 'open' | 'closed' | 'draft' | 'unknown';
        location: string | null;
        department: string | null;
        url: string | null;
        updatedAt: string | null;
      }[];
      /** Null: that was the last page. */
      nextCursor: string | null;
      /** Rows of a file that were left out, and why. */
      problems: readonly {
        /** As a spreadsheet counts them. */
        row: number;
        message: string;
      }[];
    };
  };
  /** Invite a person to a background check. */
  'background_check.order': {
    input: {
      firstName: string;
      lastName: string;
      /** The invitation goes there. */
      email: string;
      phone?: string;
      /** What is checked, as the provider calls it; the package of the integration unless given. */
      package?: string;
      workLocation: {
        country: string;
        /** Needed for the United States. */
        region?: string;
        city?: string;
      };
    };
    result: {
      /** What the provider calls the invitation or the screening. */
      orderId: string;
      candidateId: string;
      /** Where the person goes on; null where only a message says it. */
      url: string | null;
    };
  };
  /** The people of the company, a page at a time. */
  'hris.list_employees': {
    input: {
      limit?: number;
      /** As the page before gave it. */
      cursor?: string;
    };
    result: {
      employees: readonly {
        /** What the provider calls the person. */
        employeeId: string;
        /** The company’s own number; null where none is told. */
        number: string | null;
        firstName: string;
        lastName: string;
        email: string | null;
        title: string | null;
        department: string | null;
        /** Providers may leave out people who have left. */
        active: boolean;
      }[];
      /** Null: that was the last page. */
      nextCursor: string | null;
    };
  };
  /** Publish a job ad on a job board. */
  'job.post': {
    input: {
      /** Your own id of the job. Boards know it by this id, so that posting it again makes no second ad. */
      jobId: string;
      title: string;
      /** Text, or HTML with headings, paragraphs, lists and emphasis. Boards refuse less than 100 characters. */
      description: string;
      /** As the ad names it. */
      company: string;
      location: {
        city: string;
        /** A state or a province, such as TX. */
        region?: string;
        postalCode?: string;
        country: string;
      };
      workplace?: 'on_site' | 'hybrid' | 'remote';
      employment?: 'full_time' | 'part_time' | 'contract' | 'temporary' | 'internship' | 'volunteer';
      /** Shown where the board has a place for it. */
      pay?: {
        min: number;
        max: number;
        currency: string;
        period: 'hour' | 'day' | 'week' | 'month' | 'year';
      };
      /** Where people apply, or read the ad of your own. */
      applyUrl: string;
      contactName?: string;
      /** For the board, not for the ad. */
      contactEmail?: string;
    };
    result: {
      /** What the board calls it; closing it may need this. */
      postingId: string;
      /** `pending`: taken, and looked at by the board first. */
      state: 'live' | 'pending';
      /** Where the ad can be seen. */
      url: string | null;
    };
  };
  /** Take a job ad off a job board. */
  'job.close': {
    input: {
      /** Your own id of the job. Boards know it by this id, so that posting it again makes no second ad. */
      jobId: string;
      /** As posting the job gave it. */
      postingId: string;
    };
    result: {
      postingId: string;
      /** `pending`: taken, and done soon. */
      state: 'closed' | 'pending';
    };
  };
  /** Hand hours, bonuses and absences of a period over to payroll. */
  'payroll.export': {
    input: {
      periodStart: string;
      periodEnd: string;
      /** One element of pay each: a quantity, an amount or both, as text with two decimals. `employeeNumber` and `code` are those of the payroll; programs need `employeeId` too. */
      entries: readonly {
        employeeNumber: string;
        lastName?: string;
        firstName?: string;
        /** The payroll's own code of the element. */
        code: string;
        label?: string;
        /** Hours, days or pieces. */
        quantity?: string;
        rate?: string;
        amount?: string;
        currency?: string;
        country?: string;
        costCenter?: string;
        note?: string;
        /** What the provider calls the person, as `hris.list_employees` gives it. Files do without. */
        employeeId?: string;
      }[];
    };
    result: {
      /** `accepted`: the payroll has it. `file`: somebody carries the file on. */
      state: 'accepted' | 'file';
      /** What the payroll calls it; null for a file. */
      exportId: string | null;
      /** How many entries were handed over. */
      entries: number;
      file: {
        name: string;
        contentType: string;
        /** In base64. */
        content: string;
      } | null;
    };
  };
  /** What tax a sale would have; nothing is recorded. */
  'tax.quote': {
    input: {
      currency?: string;
      /** Today unless given. */
      date?: string;
      /** Your own id of the customer. */
      customerId: string;
      /** Where the sale comes from; the address of `to` unless given. */
      from?: {
        line1?: string;
        city?: string;
        /** A state or a province, such as TX. */
        region?: string;
        postalCode?: string;
        country: string;
      };
      to: {
        line1?: string;
        city?: string;
        /** A state or a province, such as TX. */
        region?: string;
        postalCode?: string;
        country: string;
      };
      lines: readonly {
        /** Your own id of the line. */
        lineId: string;
        /** For the whole line, without tax. */
        amount: string;
        quantity?: number;
        description?: string;
        /** What the provider calls this kind of goods or services. */
        taxCode?: string;
      }[];
    };
    result: {
      /** Of all lines, without tax. */
      amount: string;
      tax: string;
      lines: readonly {
        lineId: string;
        amount: string;
        taxable: string;
        tax: string;
      }[];
    };
  };
  /** Make a customer who can be charged later. */
  'payment.create_customer': {
    input: {
      email: string;
      name?: string;
    };
    result: {
      customerId: string;
    };
  };
  /** Make an account that money can be paid out to. */
  'payment.create_account': {
    input: {
      email: string;
      country: string;
    };
    result: {
      accountId: string;
    };
  };
}
