import type { CsvLayout } from '@trunkline/contract/files';

/*
 * Layouts to start from. They are ours: a partner gives its own with the contract, and each of these can be made into
 * it by renaming, ordering and dropping columns.
 */

/** Columns from lines of `field heading`. */
function columns(lines: string): CsvLayout['columns'] {
  return lines
    .trim()
    .split('\n')
    .map((line) => {
      const [field = '', ...header] = line.trim().split(' ');
      return { field, header: header.join(' ') };
    });
}

const american = {
  header: true,
  delimiter: ',',
  dateFormat: 'MM/DD/YYYY',
  decimalMark: '.',
  lineEnd: '\r\n',
  encoding: 'utf-8',
  escapeFormulas: true,
} as const;

/** Contributions of a pay date. */
export const contributionsLayout: CsvLayout = {
  ...american,
  columns: columns(`
    planNumber Plan Number
    ssn SSN
    employeeNumber Employee ID
    lastName Last Name
    firstName First Name
    payDate Check Date
    preTax Pre-tax
    roth Roth
    afterTax After-tax
    match Match
    employerOther Employer Other
    loanNumber Loan Number
    loanPayment Loan Payment
    hours Hours
    periodPay Period Pay
    yearPay YTD Pay
  `),
};

/** What the plan knows about its people. */
export const censusLayout: CsvLayout = {
  ...american,
  columns: columns(`
    planNumber Plan Number
    ssn SSN
    employeeNumber Employee ID
    lastName Last Name
    firstName First Name
    middleName Middle Name
    birthDate Birth Date
    hireDate Hire Date
    rehireDate Rehire Date
    terminationDate Termination Date
    addressLine1 Address 1
    addressLine2 Address 2
    city City
    state State
    postalCode Postal Code
    email Email
    division Division
    yearHours YTD Hours
    yearPay YTD Pay
  `),
};

/** Elements of pay in the notation of the US. */
export const payrollLayout: CsvLayout = {
  ...american,
  columns: columns(`
    employeeNumber Employee ID
    lastName Last Name
    firstName First Name
    periodStart Period Start
    periodEnd Period End
    code Earning Code
    label Description
    quantity Hours
    rate Rate
    amount Amount
    costCenter Cost Center
  `),
};

/** Elements of pay with country and currency, and dates that read alike everywhere. */
export const internationalPayrollLayout: CsvLayout = {
  ...american,
  dateFormat: 'YYYY-MM-DD',
  columns: columns(`
    employeeNumber Employee ID
    lastName Last Name
    firstName First Name
    country Country
    periodStart Period Start
    periodEnd Period End
    code Pay Element
    label Description
    quantity Quantity
    rate Rate
    amount Amount
    currency Currency
    costCenter Cost Center
    note Note
  `),
};

/** Elements of pay with French headings, semicolons and decimal commas, as spreadsheets in France open them. */
export const frenchPayrollLayout: CsvLayout = {
  header: true,
  delimiter: ';',
  dateFormat: 'DD/MM/YYYY',
  decimalMark: ',',
  lineEnd: '\r\n',
  encoding: 'windows-1252',
  escapeFormulas: true,
  columns: columns(`
    employeeNumber Matricule
    lastName Nom
    firstName Prénom
    periodStart Date de début
    periodEnd Date de fin
    code Code
    label Libellé
    quantity Quantité
    rate Taux
    amount Montant
    costCenter Section analytique
    note Commentaire
  `),
};

/** People and their coverages, one coverage a row, from which an enrollment file is made. */
export const enrollmentLayout: CsvLayout = {
  ...american,
  dateFormat: 'YYYY-MM-DD',
  columns: columns(`
    subscriberNumber Subscriber Number
    relationship Relationship
    change Change
    reason Reason
    changeDate Change Date
    benefitStatus Benefit Status
    employmentStatus Employment Status
    lastName Last Name
    firstName First Name
    middleName Middle Name
    suffix Suffix
    ssn SSN
    birthDate Birth Date
    gender Gender
    maritalStatus Marital Status
    phone Phone
    email Email
    addressLine1 Address 1
    addressLine2 Address 2
    city City
    state State
    postalCode Postal Code
    country Country
    clientNumber Employee ID
    department Department
    employmentStart Hire Date
    employmentEnd Employment End
    coverageLine Coverage
    coverageChange Coverage Change
    coveragePlan Plan
    coverageLevel Coverage Level
    coverageStart Coverage Start
    coverageEnd Coverage End
  `),
};
