/** Programs that send one event, ready to be pasted. `endpoint` is the base address, with its version. */
export function sendEventSnippets(endpoint: string): { value: string; label: string; code: string }[] {
  const url = `${endpoint}/events`;
  return [
    {
      value: 'curl',
      label: 'curl',
      code: `curl ${url} \\
  -H "Authorization: Bearer $TRUNKLINE_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{
    "type": "job.created",
    "id": "job-2026-1234-created",
    "subject": "job/JOB-2026-1234",
    "data": { "id": "JOB-2026-1234", "title": "Registered nurse" }
  }'`,
    },
    {
      value: 'typescript',
      label: 'TypeScript',
      code: `const response = await fetch('${url}', {
  method: 'POST',
  headers: {
    authorization: \`Bearer \${process.env.TRUNKLINE_API_KEY}\`,
    'content-type': 'application/json',
  },
  body: JSON.stringify({
    type: 'job.created',
    id: 'job-2026-1234-created',
    subject: 'job/JOB-2026-1234', // what it is about: webhooks with an order keep it per subject
    data: { id: 'JOB-2026-1234', title: 'Registered nurse' },
  }),
});
if (response.status !== 202) throw new Error(await response.text());`,
    },
    {
      value: 'python',
      label: 'Python',
      code: `import os
import requests

response = requests.post(
    "${url}",
    headers={"Authorization": f"Bearer {os.environ['TRUNKLINE_API_KEY']}"},
    json={
        "type": "job.created",
        "id": "job-2026-1234-created",
        "subject": "job/JOB-2026-1234",
        "data": {"id": "JOB-2026-1234", "title": "Registered nurse"},
    },
    timeout=10,
)
response.raise_for_status()`,
    },
  ];
}
