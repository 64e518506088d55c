//! The guide's user provisioning: a CSV file, users made or changed, each put into a group.

use muster_model::users::UserEdit;

use super::{Outcome, say, tenant};

const FILE: &str = "\
Username,FirstName,LastName,Email,Password,Group
jane.smith,Jane,Smith,jane.smith@company.example,N0t-a-secret!,Sales Team
bob.johnson,Bob,Johnson,bob.johnson@company.example,N0t-a-secret!,IT";

pub(super) async fn run() -> Outcome {
    let (_uem, client, writer) = tenant(10).await;
    let groups = client.user_groups(None).await?;
    for line in FILE.lines().skip(1) {
        let [name, first, last, email, password, wanted] =
            line.split(',').map(str::to_owned).collect::<Vec<_>>().try_into().map_err(|_| "six columns")?;
        let edit = UserEdit {
            user_name: name.clone(),
            password: Some(password),
            first_name: Some(first),
            last_name: Some(last),
            email: Some(email),
            ..UserEdit::default()
        };
        let id = match client.user_by_name(&name).await? {
            Some(known) => {
                writer.update_user(&known, &edit).await?;
                known.id.0
            }
            None => writer.create_user(&edit).await?,
        };
        let group = groups.iter().find(|group| group.name.contains(&wanted)).unwrap_or(&groups[0]);
        writer.add_to_user_group(group.id, id).await?;
        assert!(client.user_group_members(group.id).await?.contains(&name));
        say(format!("{name} is user {id} and in {}", group.name));
    }
    Ok(())
}
