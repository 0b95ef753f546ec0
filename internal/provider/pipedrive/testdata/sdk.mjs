// What Pipedrive's own client sends for the same things that our adapter does.
// Arguments: the address of the fake, and what to say, as JSON.
import v1 from 'pipedrive/v1'
import v2 from 'pipedrive/v2'

const [base, input] = process.argv.slice(2)
const say = JSON.parse(input)
const first = new v1.Configuration({ apiKey: 'token', basePath: base + '/v1' })
const second = new v2.Configuration({ apiKey: 'token', basePath: base + '/api/v2' })
const fields = { organization: new v2.OrganizationFieldsApi(second), person: new v2.PersonFieldsApi(second), deal: new v2.DealFieldsApi(second) }
const organizations = new v2.OrganizationsApi(second)
const persons = new v2.PersonsApi(second)
const deals = new v2.DealsApi(second)
const leads = new v1.LeadsApi(first)

const field = { field_name: 'Barre reference', field_type: 'varchar' }
const code = {
  organization: (await fields.organization.addOrganizationField({ AddOrganizationFieldRequest: field })).data.field_code,
  person: (await fields.person.addPersonField({ AddPersonFieldRequest: field })).data.field_code,
  deal: (await fields.deal.addDealField({ AddDealFieldRequest: field })).data.field_code
}
const listed = (await fields.person.getPersonFields({ limit: 500 })).data.length
const own = (kind, ref) => ({ custom_fields: { [code[kind]]: ref } })

const organization = (await organizations.addOrganization({ AddOrganizationRequest: { ...say.organization, ...own('organization', say.refs.organization) } })).data
const human = { ...say.person, org_id: organization.id }
const person = (await persons.addPerson({ AddPersonRequest: { ...human, ...own('person', say.refs.person) } })).data
const lead = (await leads.addLead({
  AddLeadRequest: {
    title: say.deal.title, organization_id: organization.id, person_id: person.id,
    value: { amount: say.deal.value, currency: say.deal.currency }, origin_id: say.refs.deal
  }
})).data
const found = (await leads.getLeads({ organization_id: organization.id, limit: 100, start: 0 })).data.length
await leads.updateLead({ id: lead.id, UpdateLeadRequest: { is_archived: true } })
const sale = { ...say.deal, org_id: organization.id, person_id: person.id }
const deal = (await deals.addDeal({ AddDealRequest: { ...sale, ...own('deal', say.refs.deal) } })).data
await organizations.updateOrganization({ id: organization.id, UpdateOrganizationRequest: say.organization })
await persons.updatePerson({ id: person.id, UpdatePersonRequest: human })
await deals.updateDeal({ id: deal.id, UpdateDealRequest: { ...sale, status: 'won' } })
const won = (await deals.getDeal({ id: deal.id })).data.status
const search = (await persons.searchPersons({ term: say.refs.person, fields: 'custom_fields', exact_match: true, limit: 1 })).data.items[0].item.id === person.id
const stage = (await new v2.StagesApi(second).getStage({ id: 3 })).data.name
const company = (await new v1.UsersApi(first).getCurrentUser()).data.company_id
await deals.deleteDeal({ id: deal.id })
await persons.deletePerson({ id: person.id })
await organizations.deleteOrganization({ id: organization.id })
const gone = await deals.getDeal({ id: deal.id }).then(() => 'there', e => e.code)
console.log(JSON.stringify({ listed, found, won, search, stage, company, gone }))
