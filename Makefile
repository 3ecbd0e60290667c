# rote: make demo | make check | make check-all | make reproduce-quick | make | make install PREFIX=... | make wheel | make deb
# V=1 shows whole commands. Variants: CC=clang, OPT=-O2, DOUBLE=1 (gradient checks), SAN=address,undefined | thread, STATIC=1,
# BARE=1 (another CPU whose libraries are not here: only their headers, static, for tests/one_hash), CC=emcc (a browser).
# MPI=1 (mpicc), MPI=mpich or MPI=openmpi (Debian's mpicc.mpich, mpicc.openmpi): ranks (base/ranks.h). Only one object differs.
# Each variant has a folder of its own under build/, and a change of flags rebuilds it: objects never mix.
ifeq ($(origin CC),default)
CC := gcc
endif
OPT     ?= -O3
DOUBLE  ?=
SAN     ?=
STATIC  ?=
BARE    ?=
MPI     ?=
PREFIX  ?= /usr/local
JOBS    ?= $(shell nproc 2>/dev/null || echo 2)

comma   := ,
WASM    := $(filter emcc,$(notdir $(firstword $(CC))))
BUILD   ?= build/$(notdir $(firstword $(CC)))$(OPT)$(if $(DOUBLE),-double)$(if $(SAN),-$(firstword $(subst $(comma), ,$(SAN))))$(if $(STATIC),-static)$(if $(BARE),-bare)

WARN    := -Wall -Wextra -Wshadow -Wconversion -Werror=unused-result
CFLAGS  ?= $(OPT) -g
# Behind CFLAGS, so that no part of -ffast-math gets through. A link with one of FAST sets flush-to-zero for the whole program.
NUMERIC := -fno-associative-math -fno-reciprocal-math -fno-finite-math-only \
	-fsigned-zeros -ffp-contract=off -fno-math-errno -fno-trapping-math
FAST    := $(filter -Ofast -ffast-math -funsafe-math-optimizations -fsingle-precision-constant -mdaz-ftz,$(CC) $(OPT) $(CFLAGS) $(LDFLAGS))
ifneq ($(FAST),)
$(error $(FAST): rote's arithmetic is exact, so this flag is not allowed; leave it out of CC, OPT, CFLAGS and LDFLAGS)
endif
# WebAssembly has one thread: OpenMP's functions say so, and its pragmas are ignored.
OPENMP  := $(if $(WASM),-Wno-unknown-pragmas -Wno-unused-parameter -Wno-unused-variable,-fopenmp)
ALL_CFLAGS = -std=gnu11 $(CFLAGS) $(WARN) $(NUMERIC) $(OPENMP) -I. -MMD -MP $(DEFS) $(SANFLAGS)
# WebAssembly is without regular expressions and stores (docs/try/program). Its libraries have no packages: scripts/wasm_libraries.sh
# builds them from Debian's sources.
WASM_DEFS := -DXXH_INLINE_ALL -Ibuild/wasm-libraries/include -Idocs/try/program -include docs/try/program/browser.h -Wno-shorten-64-to-32
DEFS    := -D_GNU_SOURCE $(if $(DOUBLE),-DROTE_DOUBLE) $(if $(BARE)$(WASM),-DROTE_NO_PCRE2) $(if $(WASM),$(WASM_DEFS)) $(if $(BARE),-DROTE_BARE -ffunction-sections -fdata-sections -idirafter /usr/include)
SANFLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all)
LIBS    := $(if $(WASM),build/wasm-libraries/libraries.a)$(if $(BARE)$(WASM),,-lyaml -ljansson -lxxhash -lpcre2-8 -lsqlite3 -lz -ldl -lm)
LDFLAGS ?=
MPICC   := $(if $(filter 1,$(MPI)),mpicc,mpicc.$(MPI))
# What is compiled and linked with MPI: by its compiler, which calls ours.
WITH_CC  = $(if $(MPI),MPICH_CC='$(CC)' OMPI_CC='$(CC)' $(MPICC),$(CC))
LINK     = $(WITH_CC) $(CFLAGS) $(OPENMP) $(SANFLAGS) $(LDFLAGS) $(if $(STATIC)$(BARE),-static) $(if $(BARE),-Wl$(comma)--gc-sections) $(if $(WASM),$(WASM_LINK))
# Bytes that do not fit in memory are an error of malloc. Emscripten's own stack is too small for messages and paths.
WASM_LINK := -g0 -sALLOW_MEMORY_GROWTH -sABORTING_MALLOC=0 -sTOTAL_STACK=1MB -sENVIRONMENT=web,worker,node
# Debian's emscripten reads Debian's node modules, whichever node there is.
ifneq ($(WASM),)
export NODE_PATH := /usr/share/nodejs
endif
# docs/try/run.js starts each command in a new instance.
WASM_PROGRAM := -sMODULARIZE -sEXPORT_NAME=createRote -sINVOKE_RUN=0 -sFORCE_FILESYSTEM \
	-sEXPORTED_FUNCTIONS=_main,_stop_requested -sEXPORTED_RUNTIME_METHODS=callMain,FS,TTY $(addprefix -Wl$(comma)--wrap=,dlopen posix_spawn posix_spawnp)
ROOMS   := base data model store tools eval train
ARCH    := $(firstword $(subst -, ,$(shell $(CC) -dumpmachine 2>/dev/null)))

# One object set per instruction set, from one source (model/kernels/ops.h).
ifeq ($(DOUBLE),1)
ISAS := portable
else ifeq ($(ARCH),x86_64)
ISAS := portable avx2 avx512
else ifneq ($(filter aarch64 arm64,$(ARCH)),)
ISAS := portable neon
else
ISAS := portable
endif
FLAGS_portable := $(if $(WASM),-msimd128)
FLAGS_avx2     := -mavx2 -mfma
FLAGS_avx512   := -mavx512f -mavx512dq -mavx512bw -mavx512vl -mfma -mprefer-vector-width=512
FLAGS_neon     :=
DEFS += $(foreach i,$(ISAS),-DHAVE_$(i)=1)

KERNEL_SRC := $(wildcard model/kernels/*.c)
# A room's files and those of its folders; the kernels are built once per instruction set.
SRC        := $(filter-out $(KERNEL_SRC) $(if $(WASM),tools/store.c tools/store_hash.c),$(foreach r,$(ROOMS),$(wildcard $(r)/*.c $(r)/*/*.c))) $(if $(WASM),docs/try/program/absent.c)
CLI_SRC    := $(wildcard cli/*.c cli/*/*.c)
TEST_SRC   := $(wildcard tests/$(if $(DOUBLE),double/)test_*.c)
OBJ        := $(SRC:%.c=$(BUILD)/%.o) $(foreach i,$(ISAS),$(KERNEL_SRC:model/kernels/%.c=$(BUILD)/$(i)/%.o))
CLI_OBJ    := $(CLI_SRC:%.c=$(BUILD)/%.o)
LIB        := $(BUILD)/librote.a
# Programs with MPI have their own base/ranks.o, which comes before the library's.
PROGRAMS   := $(BUILD)$(if $(MPI),/$(MPICC))
RANKS_OBJ  := $(if $(MPI),$(PROGRAMS)/ranks.o)
# What models and their training need, without archives, reports, sweeps and the like: all that one_hash and the tests in
# double link, of which many variants are built.
CORE_SRC   := $(filter base/% data/% model/% store/% tools/% eval/stats/% eval/tools/% train/neurons/% train/optimizers/% train/tools/%,$(SRC)) \
	$(wildcard eval/*.c train/*.c) eval/capacity/ratio.c
CORE       := $(BUILD)/core.a
# Rooms whose code computes in no real number of the model (base/real.h): the build in double takes the plain one's objects.
ALIKE      := base/% data/% tools/%
PLAIN      := $(if $(DOUBLE),$(if $(findstring -double,$(BUILD)),$(subst -double,,$(BUILD)),$(BUILD)/plain),$(BUILD))
ALIKE_LIB  := $(PLAIN)/alike.a
TEST_BIN   := $(TEST_SRC:%.c=$(BUILD)/%)
# What a sanitizer need not see: test_ceiling, a minute of the same trainings as test_train; for races, tests that start no
# thread (strace -f -e clone3 shows it).
ALONE      := capacity capacity_ratio capacity_series certify checkpoint config config_kinds config_neurons \
	config_resolve config_text config_units counterparts creativity edits events exact export export_files facts \
	facts_memory facts_places facts_sealed file file_others fuzz_archive fuzz_online fuzz_runs fuzz_texts \
	hold_out hooks identities import import_folder import_refused import_shapes kind_entropy kinds kstar \
	labels lanes left lira load logit_classes logit_pattern logit_row match membership memory mix normality null \
	parametrization pattern places pool random range_coder report report_neurons rounds sample smallest soap stats tasks text together \
	two_part_damage variance
NOT_ASKED  := $(if $(SAN),ceiling) $(if $(filter thread,$(SAN)),$(ALONE))
SUITE_BIN  := $(filter-out $(NOT_ASKED:%=$(BUILD)/tests/test_%),$(TEST_BIN))
# UNITS_SHARE=2 UNITS_FROM=0: one program in two, others at the next commit.
ifneq ($(UNITS_SHARE),)
SUITE_BIN  := $(shell printf '%s\n' $(SUITE_BIN) | awk -v from=$$(($$(git rev-list --count HEAD 2>/dev/null || echo 0) + $(or $(UNITS_FROM),0))) \
    'NR % $(UNITS_SHARE) == from % $(UNITS_SHARE)')
endif
# Scripts that test (tests/run_all.sh): make check runs check_*.sh; make check-all runs them again with ROTE_LONG=1,
# and long_*.sh. campaign_*.sh take too long for either and are run by hand.
CHECK_SH   := $(wildcard tests/check_*.sh)
LONG_SH    := $(wildcard tests/long_*.sh)

# Builds on every core unless -j was given.
PARALLEL = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(JOBS))

# Before a command: "CC base/err.c" in its stead.
V       ?=
short    = $(if $(V),,@echo '$(1) $(2)';)

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all setup demo reproduce-quick tests one_hash wasm golden_archives print-build print-flags print-memory-files check check-long check-ci check-all asan tsan lint install uninstall wheel deb compile_commands clean FORCE

all:
	+@$(MAKE) --no-print-directory $(PARALLEL) rote

rote: $(PROGRAMS)/rote FORCE
	$(if $(WASM),,$(call short,CP,$@)cmp -s $< $@ || { cp $< $@.new && mv -f $@.new $@; })

$(PROGRAMS)/rote: $(CLI_OBJ) $(RANKS_OBJ) $(LIB)
	$(call short,LINK,$@)$(LINK) $(if $(WASM),$(WASM_PROGRAM)) -o $@ $^ $(LIBS)

ifneq ($(MPI),)
$(RANKS_OBJ): base/ranks.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call short,CC,$< ($(MPICC)))$(WITH_CC) $(ALL_CFLAGS) -DROTE_MPI -c $< -o $@

$(PROGRAMS)/one_hash: $(BUILD)/tests/one_hash.o $(RANKS_OBJ) $(CORE)
	$(call short,LINK,$@)$(LINK) -o $@ $^ $(LIBS)

# The programs of tests/check_one_hash.sh and tests/check_ranks.sh.
.PHONY: ranks
ranks: $(PROGRAMS)/rote $(PROGRAMS)/one_hash
endif

$(LIB): $(OBJ)
$(CORE): $(filter $(CORE_SRC:%.c=$(BUILD)/%.o) $(foreach i,$(ISAS),$(BUILD)/$(i)/%),$(if $(DOUBLE),$(filter-out $(ALIKE:%=$(BUILD)/%),$(OBJ)),$(OBJ)))
$(LIB) $(CORE):
	@rm -f $@
	$(call short,AR,$@)$(if $(WASM),emar,ar) rcs $@ $^

ifneq ($(DOUBLE),)
$(ALIKE_LIB): FORCE
	+@$(MAKE) --no-print-directory DOUBLE= BUILD=$(PLAIN) $@
else
$(ALIKE_LIB): $(filter $(ALIKE:%=$(BUILD)/%),$(OBJ))
	@! grep -l 'base/real\.h' $(^:.o=.d) || { echo 'rote: these files include base/real.h; their rooms (ALIKE) must not' >&2; exit 1; }
	@rm -f $@
	$(call short,AR,$@)ar rcs $@ $^
endif

# A test's own code does little beside what it calls, and compiles in a quarter of the time.
$(BUILD)/tests/test_%.o: private ALL_CFLAGS += -O0

# What an object is made with; newer than the object only when it changed.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(ALL_CFLAGS)' | cmp -s - $@ || echo '$(CC) $(ALL_CFLAGS)' > $@

# The headers of every library, looked for once per build folder; says what to install where one is missing.
$(BUILD)/libraries:
	@mkdir -p $(@D)
	@$(if $(WASM),scripts/wasm_libraries.sh build/wasm-libraries,$(if $(BARE),,CC='$(CC)' scripts/setup.sh --look))
	@touch $@

$(BUILD)/%.o: %.c $(BUILD)/flags | $(BUILD)/libraries
	@mkdir -p $(@D)
	$(call short,CC,$<)$(CC) $(ALL_CFLAGS) -c $< -o $@

# The commit that a run's manifest names; only run_manifest.o knows it and is made anew when it changes.
COMMIT := $(shell git describe --always --dirty --exclude='*' --abbrev=12 2>/dev/null || echo unknown)
$(BUILD)/commit: FORCE
	@mkdir -p $(@D)
	@echo '$(COMMIT)' | cmp -s - $@ || echo '$(COMMIT)' > $@
$(BUILD)/store/run_manifest.o: $(BUILD)/commit
$(BUILD)/store/run_manifest.o: private DEFS += -DROTE_COMMIT='"$(COMMIT)"'

define isa_rule
$(BUILD)/$(1)/%.o: model/kernels/%.c $(BUILD)/flags | $(BUILD)/libraries
	@mkdir -p $$(@D)
	$$(call short,CC,$$< ($(1)))$$(CC) $$(ALL_CFLAGS) $$(FLAGS_$(1)) -DISA=$(1) -DISA_$(1)=1 -c $$< -o $$@
endef
$(foreach i,$(ISAS),$(eval $(call isa_rule,$(i))))

# The fuzz targets read files in memory (tests/fuzz/memory_files.h); wraps hold for objects of the library only.
MEMORY_FILES := $(addprefix -Wl$(comma)--wrap=,file_read file_read_stream file_read_head seal_holds file_missing crc32_of content_hash \
	seal_check deflated_begin deflated_add deflated_add_char deflated_end nearest_name config_defaults)
$(BUILD)/tests/test_fuzz_texts $(BUILD)/tests/test_fuzz_runs: private LDFLAGS += $(MEMORY_FILES)

link_test = $(call short,LINK,$@)$(LINK) $(if $(WASM),-sSINGLE_FILE) -o $@ $^ $(if $(BARE)$(WASM)$(filter one_hash,$(@F)),,-lcmocka) $(LIBS)
$(BUILD)/tests/%: $(BUILD)/tests/%.o $(LIB)
	$(link_test)
$(BUILD)/tests/double/%: $(BUILD)/tests/double/%.o $(CORE) $(ALIKE_LIB)
	$(link_test)
$(BUILD)/tests/one_hash: $(BUILD)/tests/one_hash.o $(CORE) $(if $(DOUBLE),$(ALIKE_LIB))
	$(link_test)

tests: $(SUITE_BIN) $(if $(DOUBLE),,$(addprefix $(BUILD)/tests/,one_hash golden_archives kept_sets tokens logits_of) $(BUILD)/rote)

one_hash: $(BUILD)/tests/one_hash

# The program in WebAssembly, and docs/try as one page around it: build/emcc-O3/rote.html.
wasm:
	@command -v emcc >/dev/null && command -v node >/dev/null || { \
		echo 'rote: make wasm needs emcc and node; on Debian: apt-get install --no-install-recommends emscripten nodejs' >&2; exit 1; }
	+@$(MAKE) --no-print-directory $(PARALLEL) CC=emcc BUILD=build/emcc-O3 build/emcc-O3/rote one_hash
	@scripts/wasm_page.sh build/emcc-O3

golden_archives: $(BUILD)/tests/golden_archives

print-build:
	@echo $(BUILD)

print-memory-files:
	@echo '$(MEMORY_FILES)'

print-flags:
	@echo '$(ALL_CFLAGS)'

setup:
	@CC='$(CC)' scripts/setup.sh

demo: setup
	+@$(MAKE) --no-print-directory $(PARALLEL) rote
	./rote demo --out runs/demo

# The capacity ladder's quick form, to docs/results/ladder-quick.md.
reproduce-quick: setup
	+@$(MAKE) --no-print-directory $(PARALLEL) rote
	scripts/reproduce_ladder.sh --quick

# The whole suite of this variant, with gradients in double precision; the slowest first.
check:
	@CC='$(CC)' scripts/setup.sh --tests
	+@$(MAKE) --no-print-directory $(PARALLEL) rote tests
	+@$(MAKE) --no-print-directory $(PARALLEL) DOUBLE=1 BUILD=$(BUILD)-double tests
	@BUILD=$(BUILD) tests/run_all.sh tests/cli/run.sh $(CHECK_SH) $(TEST_BIN) \
		$(patsubst %.c,$(BUILD)-double/%,$(wildcard tests/double/test_*.c)) scripts/check_arrows.sh scripts/check_circles.sh scripts/check_sizes.sh scripts/check_returns.sh scripts/check_format.sh

# What make check leaves out: the sanitizers, clang, and all scripts in their long form.
check-long:
	@CC='$(CC)' scripts/setup.sh --all
	+@$(MAKE) --no-print-directory asan
	+@$(MAKE) --no-print-directory UNITS=1 tsan
	+@$(MAKE) --no-print-directory UNITS=1 CC=clang suite
	@BUILD=$(BUILD) ROTE_LONG=1 tests/run_all.sh $(CHECK_SH) $(LONG_SH) scripts/check_tidy.sh

# Of that what a change breaks most easily, for continuous integration, which has half an hour: of the unit tests under each
# sanitizer one in two, of the transcripts one in four, of the deliberate faults one in twenty-four, others at each
# commit; nothing in double under a sanitizer, and of clang's program its hash. All of it is in check-long.
check-ci: export FAULTS_SHARE = 24
check-ci: export TRANSCRIPTS_SHARE = 4
check-ci: export UNITS_SHARE = 2
check-ci:
	@CC='$(CC)' scripts/setup.sh --all
	+@$(MAKE) --no-print-directory SAN=address,undefined OPT=-O2 UNITS_FROM=0 suite
	+@$(MAKE) --no-print-directory UNITS=1 UNITS_FROM=1 tsan
	@BUILD=$(BUILD) ROTE_LONG=1 tests/run_all.sh tests/check_one_hash.sh tests/check_wasm.sh tests/long_faults.sh scripts/check_tidy.sh

check-all:
	+@$(MAKE) --no-print-directory check
	+@$(MAKE) --no-print-directory check-long

# The unit tests of any one variant and, without UNITS, those of the command line.
.PHONY: suite
suite:
	+@$(MAKE) --no-print-directory $(PARALLEL) tests
	@BUILD=$(BUILD) tests/run_all.sh $(if $(DOUBLE)$(UNITS),,tests/cli/run.sh) $(SUITE_BIN)

asan:
	+@$(MAKE) --no-print-directory SAN=address,undefined OPT=-O2 suite
	+@$(MAKE) --no-print-directory SAN=address,undefined OPT=-O2 DOUBLE=1 suite

# gcc's libgomp is not instrumented: its own barriers would be reported, so the threads are clang's, whose runtime tells
# the sanitizer where they meet; what that runtime does inside is left out.
tsan:
	+@TSAN_OPTIONS=ignore_noninstrumented_modules=1 $(MAKE) --no-print-directory SAN=thread OPT=-O2 CC=clang suite

lint:
	scripts/check_format.sh
	scripts/check_arrows.sh
	scripts/check_circles.sh
	scripts/check_sizes.sh
	scripts/check_returns.sh
	scripts/check_tidy.sh

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
		$(DESTDIR)$(PREFIX)/share/zsh/site-functions $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 rote $(DESTDIR)$(PREFIX)/bin/rote
	./rote completion bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/rote
	./rote completion zsh > $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_rote
	./rote help --man > $(DESTDIR)$(PREFIX)/share/man/man1/rote.1

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/rote $(DESTDIR)$(PREFIX)/share/bash-completion/completions/rote \
		$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_rote $(DESTDIR)$(PREFIX)/share/man/man1/rote.1

# For pip and for apt, in dist/.
wheel:
	scripts/make_wheel.sh
deb:
	scripts/make_deb.sh

# For editors and clang-tidy; kernels appear as their portable build.
compile_commands:
	@{ echo '['; sep=; \
	for f in $(SRC) $(CLI_SRC) $(TEST_SRC); do \
		printf "$$sep"'{"directory": "%s", "file": "%s", "command": "$(CC) $(ALL_CFLAGS) -c %s"}' "$(CURDIR)" $$f $$f; sep=',\n'; done; \
	for f in $(KERNEL_SRC); do \
		printf "$$sep"'{"directory": "%s", "file": "%s", "command": "$(CC) $(ALL_CFLAGS) -DISA=portable -DISA_portable=1 -c %s"}' "$(CURDIR)" $$f $$f; sep=',\n'; done; \
	echo; echo ']'; } > compile_commands.json

clean:
	rm -rf build rote compile_commands.json

-include $(OBJ:.o=.d) $(RANKS_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(sort $(TEST_BIN:=.d) $(patsubst %.c,$(BUILD)/%.d,$(wildcard tests/*.c)))
