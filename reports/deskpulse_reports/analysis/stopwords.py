"""Words that say nothing of what a subject is about. Lower case, without accents."""

from __future__ import annotations

from collections.abc import Mapping

BY_LANGUAGE: Mapping[str, str] = {
    "en": (
        "a about after again all also am an and any anymore are as at be been but by can cannot"
        " could couldn did didn do does doesn doing don for from get had has have having hello"
        " help her hi him his how i if in into is isn it its just kindly like ll me my need no"
        " not of off on or our out please problem question regarding since so some still than"
        " thanks that the their them then there these they this to too until up urgent us ve very"
        " want was wasn we were what when where which who why will with won would you your"
    ),
    "de": (
        "aber alle als am an anfrage auch auf aus bei bin bis bitte danke das dass dem den der"
        " des die dies diese dieser doch dringend du durch ein eine einem einen einer eines er es"
        " frage fuer fur guten habe haben hallo hat hilfe ich ihr ihre im in ist ja kann kein"
        " keine konnen mehr mein meine meinem meinen meiner mich mir mit nach nicht noch nur ob"
        " oder ohne problem sehr sein sich sie sind so tag uber um und uns unser unsere unter vom"
        " von vor wann warum was weil wenn wer werden wie wieder wir wird wo zu zum zur"
    ),
    "fr": (
        "a ai aide ainsi alors apres au aucun aussi aux avec avez bonjour ca car ce ces cette"
        " chez comme comment concernant dans de demande des deux du elle en encore est et ete"
        " etes etre faire il ils je l la le les leur lui ma mais me merci mes mon n ne nous on ou"
        " par pas plus pour pourquoi probleme puis qu quand que quel quelle question qui sa sans"
        " se ses si sont sur svp ta toujours tout tres tu un une urgent vos votre vous y"
    ),
    "es": (
        "a al algo ante antes ayuda buenas buenos como con consulta cual cuando de del desde"
        " donde duda dudas e el ella en entre era es esta estan este esto estoy favor gracias ha"
        " hasta hay hola la las le les lo los mas me mi mis muy necesito ni no nos o para pero"
        " por porque problema puedo que quien se ser si sin sobre solicitud son su sus tambien te"
        " tengo todo tu un una uno urgente y ya yo"
    ),
    "nl": (
        "aan al alle als ben bij daar dan dank dat de der deze die dit door dringend een en er"
        " geen goedendag haar had heb hebben heeft hem het hij hoe hulp hun ik in is je jullie"
        " kan kunnen maar me meer met mijn moet na naar niet nog nu of om onder ons ook op over"
        " probleem te tot u uit uw van vanaf voor vraag waar waarom wanneer want was wat we wel"
        " wie wij wil worden zal ze zich zijn zo zonder"
    ),
    "it": (
        "a ad ai aiuto al alla alle anche buongiorno che chi ci ciao come con cosa da dal dalla"
        " degli dei del della delle di dopo dov dove e ed era gli grazie ha hanno ho i il in io"
        " la le lei lo loro ma me mi mia mio molto ne nei nel nella no noi non o per perche piu"
        " posso problema quale quando quello questa questo richiesta se senza si sono su sua sul"
        " sulla suo ti tra un una uno urgente vi voi vostro"
    ),
    "pt": (
        "a ainda ajuda ao aos as ate bom com como da das de dia do dos duvida e ela ele em entre"
        " era essa esse esta estao este estou eu favor foi ha isso ja la mais mas me mesmo meu"
        " meus minha minhas muito na nao nas nem no nos o obrigada obrigado ola onde os ou para"
        " pela pelo por porque posso preciso problema qual quando que quem se sem ser seu seus"
        " sobre solicitacao sua suas tambem te tem tenho um uma urgente voce"
    ),
}
"""Small lists, function words and greetings only: what is left is what the customer wants."""

STOP_WORDS: frozenset[str] = frozenset(
    word for listed in BY_LANGUAGE.values() for word in listed.split()
)
"""All of them together: a desk with customers in several languages mixes them in one subject."""
