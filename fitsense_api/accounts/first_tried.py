"""Words that guessers try first, and the walks fingers take over a keyboard.

Lists of leaked passwords agree on their beginnings: first names, beasts, teams, oaths of love, and
the same few with digits around them. These are such words by kind; digits, signs and the usual
swaps of letters are undone before a password is held against them (passwords.py). A list of
leaked passwords can be added by a setting.
"""

from typing import Final

_WORDS: Final = """
password passwort passord pass passcode passphrase motdepasse contrasena senha secret secrets
letmein letmeinnow welcome welcomeback changeme changeit default guest admin administrator root
toor login logon master user test tester testing testtest temp temporary qwerty azerty qwertz
asdf asdfgh zxcv zxcvbn abc abcd abcde abcdef computer internet server system windows samsung
google facebook youtube linkedin twitter instagram microsoft apple iphone android nokia sony
playstation nintendo minecraft pokemon pikachu fortnite warcraft starcraft counter strike
iloveyou ilove loveyou lovely lover loveme ilovegod ilovejesus jesus jesuschrist christ god
heaven angel angels blessed faith trustno trustnoone whatever nothing nobody anything something
hello hellohello hallo bonjour hola goodbye sunshine sunflower sunset moonlight starlight rainbow
summer winter spring autumn january february march april may june july august september october
november december monday tuesday wednesday thursday friday saturday sunday
monkey dragon tiger tigger lion panther leopard eagle falcon hawk wolf wolves bear bears shark
dolphin dolphins turtle rabbit bunny kitty kitten cat cats dog dogs doggy puppy horse horses
pony butterfly spider snake scorpion phoenix unicorn chicken bulldog snoopy garfield scooby
football futbol fussball soccer baseball basketball hockey tennis golf golfer cricket rugby
volleyball swimming swimmer running runner cycling boxing wrestling karate gymnastics skate
skateboard surfing snowboard fishing hunting hunter racing yoga pilates crossfit bodybuilding
fitness fitsense workout workouts training trainer coach gym gymrat muscle muscles deadlift
squat bench benchpress protein strong stronger lifting powerlifting marathon
arsenal chelsea liverpool manchester united everton tottenham barcelona realmadrid madrid
juventus milan inter bayern dortmund benfica celtic rangers steelers cowboys yankees redsox
lakers chicago bulls packers patriots eagles giants raiders broncos dodgers
superman batman spiderman ironman wolverine deadpool hulk thor joker superstar superhero ninja
samurai pirate pirates wizard merlin gandalf frodo matrix starwars startrek jedi skywalker vader
yoda harrypotter potter hogwarts mickey minnie donald disney barbie princess prince queen king
kingdom knight warrior champion legend hero killer hacker gangster soldier sniper shadow ghost
phantom demon devil lucifer satan hell death metal metallica slipknot nirvana eminem beatles
elvis guitar music rock rockstar rocknroll hiphop reggae marley bobmarley singer dancer dancing
chocolate cookie cookies candy sugar honey cherry strawberry banana orange apples lemon mango
peanut pepper ginger cheese pizza hamburger coffee whiskey vodka beer tequila cocacola pepsi
flower flowers rose roses daisy lily jasmine violet justdoit forever together always friend friends
friendship family mother father mommy daddy brother sister baby babygirl babyboy sweetheart
sweetie sweety darling cutie beautiful pretty handsome sexy hottie gorgeous peace freedom liberty
diamond crystal silver golden gold purple blue green yellow black white pink redred scarlet
london paris berlin moscow newyork california texas florida america american canada mexico brasil
brazil argentina espana spain italia france germany england scotland ireland australia india
pakistan china japan russia africa europe
michael charlie jennifer jessica ashley daniel david andrew matthew joshua james john robert william
thomas charles george edward richard joseph anthony christopher jonathan nicholas alexander
benjamin samuel patrick kevin brian steven jason justin brandon jordan taylor tyler austin
dylan logan mason hunter hannah sarah amanda nicole michelle melissa stephanie elizabeth
victoria alexandra samantha natalie danielle rebecca rachel emily sophie sophia olivia emma
charlotte isabella maria marie anna anita carmen carlos fernando alejandro miguel antonio
francisco roberto ricardo eduardo gabriel gabriela andrea daniela valentina camila
thunder lightning storm hurricane tornado fire fireball firefly ice snow snowball snowman ocean
pacific island beach mountain river forest nature galaxy universe planet saturn jupiter mercury
venus apollo titanic porsche ferrari lamborghini mercedes mustang camaro corvette chevrolet
toyota honda yamaha suzuki harley harleydavidson kawasaki subaru nissan volvo
money dollar rich lucky luckyone casino poker blackjack jackpot winner victory success business
company office manager service support security access private public student teacher school
college university chemistry biology science doctor nurse engineer lawyer police
zaqwsx qazwsx qweasd qweasdzxc qwaszx asdasd asdqwe qweqwe zxczxc poiuytrewq lkjhgfdsa mnbvcxz
"""
FIRST_TRIED: Final = frozenset(_WORDS.split())

_ROWS: Final = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop", "qwertzuiop")
_COLUMNS: Final = ("1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "qazwsxedcrfvtgbyhnujmikolp")
_ZIGZAGS: Final = (
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "a1s2d3f4g5h6",
    "zaq12wsxcde34rfv",
)
_BLOCKS: Final = (
    "qweasdzxcrtyfghvbn",
    "qwerasdfzxcv",
    "asdfqwerzxcv",
    "741852963",
    "147258369",
    "147852369",
)
_COUNTS: Final = ("01234567890123456789", "112233445566778899", "abcdefghijklmnopqrstuvwxyz")
_WALKS: Final = (*_ROWS, *_COLUMNS, *_ZIGZAGS, *_BLOCKS, *_COUNTS, "".join(_ROWS[1:4]))
WALKS: Final = tuple(walk for each in _WALKS for walk in (each, each[::-1]))
