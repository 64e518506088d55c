//! A file to start from: three people in three departments and the columns most tables need.

/// The sample as it is written to disk.
pub fn sample() -> &'static str {
    "Username,FirstName,LastName,Email,Department,Title,Groups\n\
     john.doe,John,Doe,john.doe@example.com,IT,System Administrator,IT Admins;All Users\n\
     jane.smith,Jane,Smith,jane.smith@example.com,HR,HR Manager,HR Team;All Users\n\
     bob.johnson,Bob,Johnson,bob.johnson@example.com,Sales,Sales Rep,Sales Team;All Users\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provisioning::Table;

    #[test]
    fn the_sample_is_a_good_table() {
        let table = Table::read("sample.csv", sample().as_bytes()).expect("reads");
        assert_eq!(table.rows.len(), 3);
        assert_eq!(table.rows[1].groups, ["HR Team", "All Users"]);
    }
}
