#pragma once

namespace sluice {

/// Every error Sluice reports. Numbers are stable: they are shown, logged and tested.
/// 1xxx configuration, 2xxx pipeline and file, 3xxx run, 4xxx node, 5xxx language.
enum class ErrorCode : int {
    Unknown = 1000,
    InvalidValue = 1001,  // a config value of the wrong type or outside its limits
    MissingValue = 1002,  // a required config field is empty
    UnknownField = 1003,  // a config field the kind does not have
    SecretMissing = 1004, // a {"secret": …} that no store holds
    EnvironmentMissing = 1005,
    UnknownParameter = 1006,
    InvalidDuration = 1007,
    InvalidByteSize = 1008,
    Usage = 1009, // the command line makes no sense

    FileUnreadable = 2000,
    FileDamaged = 2001, // not JSON, or not the shape of a pipeline
    FileTooNew = 2002,
    FileUnwritable = 2003,
    UnknownKind = 2010,
    DuplicateId = 2011,
    InvalidId = 2012,
    UnknownNode = 2013,
    UnknownPort = 2014,
    PortTaken = 2015,
    Cycle = 2016,
    PortUnwired = 2017,
    EmptyPipeline = 2018,
    UnknownColumn = 2020,
    TypeMismatch = 2021,
    DeliveryUnsupported = 2030,
    UnknownTemplate = 2040,

    RunFailed = 3000,
    WorkspaceLocked = 3001,
    WorkspaceUnwritable = 3002,
    ProgressDamaged = 3003,
    NotConserved = 3004,
    Cancelled = 3005,
    ProgressMismatch = 3006,
    StateDamaged = 3007, // what a node kept at the last checkpoint cannot be read
    StateLimit = 3008,   // a node would keep more than it may
    OutboxDamaged = 3009,
    TargetChanged = 3010,     // a source or destination is not the one that the checkpoint names
    FencedOut = 3011,         // another process has taken the destination over
    CheckpointMissing = 3012, // there is no checkpoint of that number
    WeakDelivery = 3013,      // a path cannot give the delivery that was asked for

    IoFailed = 4000,
    ConnectionFailed = 4001,
    AuthenticationFailed = 4002,
    TopicMissing = 4003,
    RequestRefused = 4004, // a server answered with an error status
    UnusableAnswer = 4005, // a server's answer is not what was asked for
    DiskFull = 4006,       // nothing was lost: room can be made while the run waits
    DatabaseFailed = 4010,
    DatabaseLocked = 4011,
    SchemaClash = 4012,
    FileExists = 4020,
    FileRewritten = 4021,
    NotAnObject = 4030, // an event that is no JSON object
    MalformedJson = 4031,
    RecordTooLong = 4032,
    TooDeep = 4033,
    CastFailed = 4034,
    MessageTooLarge = 4035,
    NoEventTime = 4036, // an event without a time, where one is needed

    SyntaxError = 5000,
    UnknownFunction = 5001,
    UnknownName = 5002,
    WrongArguments = 5003,
    WrongType = 5004,
    NotSupported = 5005,
    TooComplex = 5006,
};

} // namespace sluice
