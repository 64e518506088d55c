//! Devices that will enroll: announcements, registration records and tokens.

mod create_token;
mod create_token_v2;
mod delete_registered;
mod delete_token;
mod enrolled_devices;
mod register_device;
mod registered_devices;
mod token;
mod token_search;
mod tokens;

pub use create_token::{CreateToken, NewToken};
pub use create_token_v2::{
    AllowedDevice, CreateTokenV2, ForbiddenDevice, IssuedToken, NewTokenV2, RegistrationAttributeV2, RegistrationTagV2,
    RegistrationV2,
};
pub use delete_registered::{DeleteRegistered, DeleteRegisteredQuery};
pub use delete_token::DeleteToken;
pub use enrolled_devices::{EnrolledDevice, EnrolledDevices, EnrolledDevicesQuery, EnrolledList};
pub use register_device::{RegisterDevice, Registration, RegistrationTag};
pub use registered_devices::{RegisteredDevice, RegisteredDevices, RegisteredDevicesQuery, RegisteredList};
pub use token::{Token, TokenDetail, TokenUser};
pub use token_search::{TokenList, TokenOfDevice, TokenSearch, TokenSearchQuery};
pub use tokens::{TokenPage, TokenRow, Tokens, TokensQuery};

use crate::record::record;

record! {
    /// A custom attribute that it will have.
    RegistrationAttribute {
        application: Option<String> = "Application",
        name: Option<String> = "Name",
        value: Option<String> = "Value",
    }

    /// A custom attribute and where its value came from.
    AttributeValue {
        application: Option<String> = "Application",
        name: Option<String> = "Name",
        source: Option<String> = "Source",
        value: Option<String> = "Value",
    }
}
