// The calling code's location is of no use in the journal when the caller is Swift.
#define SD_JOURNAL_SUPPRESS_LOCATION 1
#include <malloc.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>
#include <sys/socket.h>
