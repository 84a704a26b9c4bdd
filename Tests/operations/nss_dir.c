/* A name service for tests: users of /run/directory, until /run/directory-down is there. */
#include <errno.h>
#include <nss.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum nss_status find(const char *name, uid_t uid, struct passwd *result, char *buffer,
                            size_t length, int *error)
{
    struct passwd *entry;
    FILE *file;
    if (access("/run/directory-down", F_OK) == 0 || (file = fopen("/run/directory", "re")) == NULL) {
        *error = EAGAIN;
        return NSS_STATUS_UNAVAIL;
    }
    while (fgetpwent_r(file, result, buffer, length, &entry) == 0) {
        if (name ? strcmp(entry->pw_name, name) == 0 : entry->pw_uid == uid) {
            fclose(file);
            return NSS_STATUS_SUCCESS;
        }
    }
    fclose(file);
    *error = ENOENT;
    return NSS_STATUS_NOTFOUND;
}

enum nss_status _nss_dir_getpwnam_r(const char *name, struct passwd *result, char *buffer,
                                    size_t length, int *error)
{
    return find(name, 0, result, buffer, length, error);
}

enum nss_status _nss_dir_getpwuid_r(uid_t uid, struct passwd *result, char *buffer, size_t length,
                                    int *error)
{
    return find(NULL, uid, result, buffer, length, error);
}
